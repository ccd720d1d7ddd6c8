// Who one is, light or dark, and the way out.
import { Menu, useMantineColorScheme } from '@mantine/core';
import {
  IconDeviceDesktop,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconSun,
} from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';

import { api, ok } from '@/api/client';
import { useMe } from '@/api/me';
import { openShortcuts } from '@/components/Shortcuts';

import classes from './Shell.module.css';
import { say } from './texts';

const SCHEMES = [
  ['light', IconSun],
  ['dark', IconMoon],
  ['auto', IconDeviceDesktop],
] as const;

export function PersonMenu() {
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const name = me?.person.name ?? '';
  const initials = name
    .split(/\s+/)
    .map((part) => part.charAt(0))
    .join('')
    .slice(0, 2)
    .toUpperCase();
  const leave = async () => {
    await ok(api.POST('/api/logout'));
    client.clear();
    await navigate({ to: '/login' });
  };
  return (
    <Menu position="bottom-end" width={230} withinPortal>
      <Menu.Target>
        <button type="button" className={classes.me} aria-label={say('yourMenu', { initials, name })}>
          {initials}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me?.person.name}
          <br />
          <span className={classes.email} title={me?.person.email}>
            {me?.person.email}
          </span>
          {me?.role.replace('_', ' ')}
        </Menu.Label>
        <Menu.Divider />
        {SCHEMES.map(([value, Icon]) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={15} />}
            onClick={() => setColorScheme(value)}
            rightSection={colorScheme === value ? '✓' : null}
          >
            {say(value)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconKeyboard size={15} />} onClick={openShortcuts}>
          {say('keys')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => void leave()}>
          {say('signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
