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
  IconCheckbox,
  IconHandStop,
  IconInbox,
  IconKeyboard,
  IconMail,
  IconMessages,
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

import { say } from './paletteTexts';

const ICON = { size: 17, stroke: 1.6 } as const;

function useCommands(): SpotlightActionData[] {
  const navigate = useNavigate();
  const { toggleColorScheme } = useMantineColorScheme();
  return [
    {
      id: 'inbox',
      label: say('toInbox'),
      leftSection: <IconInbox {...ICON} />,
      onClick: () => void navigate({ to: '/inbox' }),
    },
    {
      id: 'replies',
      label: say('toReplies'),
      keywords: say('forReplies'),
      leftSection: <IconMessages {...ICON} />,
      onClick: () => void navigate({ to: '/replies' }),
    },
    {
      id: 'tasks',
      label: say('toTasks'),
      keywords: say('forTasks'),
      leftSection: <IconCheckbox {...ICON} />,
      onClick: () => void navigate({ to: '/tasks' }),
    },
    {
      id: 'overview',
      label: say('toOverview'),
      keywords: say('forOverview'),
      leftSection: <IconChartHistogram {...ICON} />,
      onClick: () => void navigate({ to: '/overview' }),
    },
    {
      id: 'campaigns',
      label: say('toCampaigns'),
      keywords: say('forCampaigns'),
      leftSection: <IconSpeakerphone {...ICON} />,
      onClick: () => void navigate({ to: '/campaigns' }),
    },
    {
      id: 'prospects',
      label: say('toProspects'),
      keywords: say('forProspects'),
      leftSection: <IconUsers {...ICON} />,
      onClick: () => void navigate({ to: '/prospects' }),
    },
    {
      id: 'agents',
      label: say('toAgents'),
      keywords: say('forAgents'),
      leftSection: <IconRobot {...ICON} />,
      onClick: () => void navigate({ to: '/agents' }),
    },
    {
      id: 'sending',
      label: say('toSending'),
      leftSection: <IconSend {...ICON} />,
      onClick: () => void navigate({ to: '/sending' }),
    },
    {
      id: 'trace',
      label: say('toTrace'),
      leftSection: <IconRoute {...ICON} />,
      onClick: () => void navigate({ to: '/trace' }),
    },
    {
      id: 'audit',
      label: say('toAudit'),
      leftSection: <IconShieldCheck {...ICON} />,
      onClick: () => void navigate({ to: '/audit' }),
    },
    {
      id: 'kill',
      label: say('toHalt'),
      keywords: say('forHalt'),
      leftSection: <IconHandStop {...ICON} />,
      onClick: openKillSwitch,
    },
    {
      id: 'scheme',
      label: say('toScheme'),
      leftSection: <IconSunMoon {...ICON} />,
      onClick: () => toggleColorScheme(),
    },
    {
      id: 'keys',
      label: say('keys'),
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
    { group: say('doThis'), actions: commands },
    {
      group: say('drafts'),
      actions: lines.map((line) => ({
        id: `draft-${line.number}`,
        label: `${line.account}: ${line.subject}`,
        description: say('oneDraft', { who: line.contact, number: String(line.number), state: line.status }),
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
        attributes={{ content: { 'aria-label': say('commands') } }}
        nothingFound={say('noMatch')}
        searchProps={{
          leftSection: <IconSearch {...ICON} />,
          placeholder: say('searchOrSay'),
          'aria-label': say('searchOrSay'),
        }}
      />
      <Shortcuts />
    </>
  );
}
