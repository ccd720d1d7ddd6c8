// Colours and manners of the components: enough contrast in light and dark, sentence case.
import {
  Button,
  createTheme,
  Kbd,
  Modal,
  Tooltip,
  type MantineColorsTuple,
} from '@mantine/core';

import { say } from './texts';

const pine: MantineColorsTuple = [
  '#e6f5f2',
  '#cfe9e3',
  '#a0d3c8',
  '#6ebcab',
  '#46a993',
  '#2c9d85',
  '#1b8e77',
  '#0b6e5f',
  '#075d50',
  '#034a40',
];

// The greys of the dark scheme lean to the same green as everything else.
const dark: MantineColorsTuple = [
  '#e6eaea',
  '#c3cbcd',
  '#a7b1b5',
  '#929da2',
  '#37444a',
  '#263034',
  '#1c2225',
  '#161b1d',
  '#101416',
  '#0b0e10',
];

export const theme = createTheme({
  primaryColor: 'pine',
  primaryShade: 7,
  colors: { pine, dark },
  autoContrast: true,
  luminanceThreshold: 0.38,
  fontFamily:
    'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ defaultProps: { size: 'xs', fw: 550 } }),
    Kbd: Kbd.extend({ defaultProps: { size: 'xs' } }),
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        overlayProps: { backgroundOpacity: 0.4 },
        transitionProps: { duration: 120 },
        closeButtonProps: { 'aria-label': say('close') },
      },
    }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 350, withinPortal: true, fz: 'xs' } }),
  },
});
