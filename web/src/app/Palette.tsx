// Cmd+K: every screen, what can be done, and drafts by their words.
// What no first screen draws comes with the palette, right after it.
import '@mantine/core/styles/Combobox.layer.css';
import '@mantine/core/styles/ModalBase.layer.css';
import '@mantine/core/styles/Modal.layer.css';
import '@mantine/spotlight/styles.layer.css';

import { useMantineColorScheme } from '@mantine/core';
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight';
import {
  IconChartHistogram,
  IconHandStop,
  IconInbox,
  IconKeyboard,
  IconMail,
  IconRobot,
  IconRoute,
  IconSearch,
  IconSend,
  IconShieldCheck,
  IconSpeakerphone,
  IconSunMoon,
  IconUsers,
} from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';

import { openShortcuts, Shortcuts } from '@/components/Shortcuts';
import { useKnownLines } from '@/features/inbox/queries/list';
import { openKillSwitch } from '@/features/switches/KillSwitch';
import { useKeys } from '@/lib/keys';

const ICON = { size: 17, stroke: 1.6 } as const;

function useCommands(): SpotlightActionData[] {
  const navigate = useNavigate();
  const { toggleColorScheme } = useMantineColorScheme();
  return [
    {
      id: 'inbox',
      label: 'Go to the inbox',
      leftSection: <IconInbox {...ICON} />,
      onClick: () => void navigate({ to: '/inbox' }),
    },
    {
      id: 'overview',
      label: 'Go to the overview',
      keywords: 'reports funnel replies cost',
      leftSection: <IconChartHistogram {...ICON} />,
      onClick: () => void navigate({ to: '/overview' }),
    },
    {
      id: 'campaigns',
      label: 'Go to campaigns',
      keywords: 'blueprint sequence experiments',
      leftSection: <IconSpeakerphone {...ICON} />,
      onClick: () => void navigate({ to: '/campaigns' }),
    },
    {
      id: 'prospects',
      label: 'Go to prospects',
      keywords: 'accounts contacts leads',
      leftSection: <IconUsers {...ICON} />,
      onClick: () => void navigate({ to: '/prospects' }),
    },
    {
      id: 'agents',
      label: 'Go to agents',
      keywords: 'fleet roster runs steps replay tools budget schedule',
      leftSection: <IconRobot {...ICON} />,
      onClick: () => void navigate({ to: '/agents' }),
    },
    {
      id: 'sending',
      label: 'Go to sending',
      leftSection: <IconSend {...ICON} />,
      onClick: () => void navigate({ to: '/sending' }),
    },
    {
      id: 'trace',
      label: 'Trace a mail',
      leftSection: <IconRoute {...ICON} />,
      onClick: () => void navigate({ to: '/trace' }),
    },
    {
      id: 'audit',
      label: 'Go to the audit log',
      leftSection: <IconShieldCheck {...ICON} />,
      onClick: () => void navigate({ to: '/audit' }),
    },
    {
      id: 'kill',
      label: 'Halt sending, or let it go on',
      keywords: 'kill switch stop',
      leftSection: <IconHandStop {...ICON} />,
      onClick: openKillSwitch,
    },
    {
      id: 'scheme',
      label: 'Light or dark',
      leftSection: <IconSunMoon {...ICON} />,
      onClick: () => toggleColorScheme(),
    },
    {
      id: 'keys',
      label: 'Keys',
      leftSection: <IconKeyboard {...ICON} />,
      onClick: openShortcuts,
    },
  ];
}

export default function Palette() {
  const navigate = useNavigate();
  const commands = useCommands();
  const lines = useKnownLines();
  useKeys({ '?': openShortcuts });
  const groups: SpotlightActionGroupData[] = [
    { group: 'Do', actions: commands },
    {
      group: 'Drafts',
      actions: lines.map((line) => ({
        id: `draft-${line.number}`,
        label: `${line.account}: ${line.subject}`,
        description: `${line.contact}, draft ${line.number}, ${line.status}`,
        keywords: String(line.number),
        leftSection: <IconMail {...ICON} />,
        onClick: () =>
          void navigate({ to: '/inbox/$number', params: { number: String(line.number) } }),
      })),
    },
  ];
  return (
    <>
      <Spotlight
        actions={groups}
        shortcut={['mod + K']}
        limit={9}
        highlightQuery
        overlayProps={{ blur: 0, backgroundOpacity: 0.4 }}
        attributes={{ content: { 'aria-label': 'Search and commands' } }}
        nothingFound="Nothing has these words."
        searchProps={{
          leftSection: <IconSearch {...ICON} />,
          placeholder: 'Search drafts, or say what to do',
          'aria-label': 'Search drafts, or say what to do',
        }}
      />
      <Shortcuts />
    </>
  );
}
