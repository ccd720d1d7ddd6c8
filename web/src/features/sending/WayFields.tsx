// The fields of how mail leaves: a folder, a mail server, or a provider with its own few words.
import '@mantine/core/styles/PasswordInput.layer.css';

import { NativeSelect, PasswordInput, TextInput } from '@mantine/core';

import parts from '@/components/parts.module.css';

import { say } from './texts';
import { OPTIONS, WAYS, type WayWords } from './wayOf';

const TLS = [
  { value: 'starttls', label: say('starttls') },
  { value: 'tls', label: say('tlsFromFirstByte') },
  { value: 'none', label: say('noneThisMachineAlone') },
];

interface Props {
  words: WayWords;
  set: (changes: Partial<WayWords>) => void;
  /** A secret is kept already. */
  hasSecret: boolean;
}

export function WayFields({ words, set, hasSecret }: Props) {
  const isServer = words.way === 'smtp';
  const needsSecret = isServer ? words.smtp_user.trim() !== '' : words.way !== 'maildir';
  const field = (name: 'way' | 'smtp' | 'smtp_tls' | 'smtp_user' | 'secret') => ({
    size: 'sm' as const,
    value: words[name],
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
  });
  return (
    <div className={parts.two}>
      <NativeSelect label={say('by')} data={[...WAYS]} {...field('way')} />
      {isServer && (
        <>
          <TextInput label={say('server')} required placeholder={say('exampleServer')} {...field('smtp')} />
          <NativeSelect label={say('encryption')} data={TLS} {...field('smtp_tls')} />
          <TextInput label={say('login')} autoComplete="off" {...field('smtp_user')} />
        </>
      )}
      {(OPTIONS[words.way] ?? []).map((name) => (
        <TextInput
          key={name}
          label={say(`option_${name}` as 'option_region')}
          size="sm"
          maxLength={300}
          value={words.provider[name] ?? ''}
          onChange={(event) => set({ provider: { ...words.provider, [name]: event.currentTarget.value } })}
        />
      ))}
      {needsSecret && (
        <PasswordInput
          label={isServer ? say('passwordOfServer') : say('keyOfProvider')}
          description={hasSecret ? say('secretStays') : say('secretSealed')}
          inputWrapperOrder={['label', 'input', 'description']}
          autoComplete="new-password" visibilityToggleButtonProps={{ 'aria-label': say('showSecret') }}
          required={!hasSecret}
          maxLength={20_000}
          {...field('secret')}
        />
      )}
    </div>
  );
}
