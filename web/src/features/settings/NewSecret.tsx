// A secret on its way in: typed once, sealed, never shown. For a webhook its name is made from the provider.
import '@mantine/core/styles/PasswordInput.layer.css';

import { Button, Modal, NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { Notice, Trouble } from '@/components/Notice';
import parts from '@/components/parts.module.css';

import { useSetSecret, type Services } from './queries/services';
import { say } from './texts';

interface Props {
  /** A webhook of one of these providers. */
  providers?: Services['providers'];
  /** Another text for the secret of this name. */
  name?: string;
}

export function NewSecret(props: Props) {
  const [isOpen, setOpen] = useState(false);
  const title = props.name ? say('setAnew', { name: props.name }) : props.providers ? say('newWebhook') : say('newSecret');
  return (
    <>
      <Button variant={props.name ? 'subtle' : 'default'} onClick={() => setOpen(true)}>
        {props.name ? say('setAnewShort') : title}
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={title}>
        {isOpen && <Form {...props} title={title} close={() => setOpen(false)} />}
      </Modal>
    </>
  );
}

function Form({ providers, name = '', title, close }: Props & { title: string; close: () => void }) {
  const [words, setWords] = useState({ provider: providers?.[0]?.name ?? '', key: 'main', name, secret: '' });
  const set = useSetSecret();
  const provider = providers?.find((one) => one.name === words.provider);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const called = provider ? `webhook-${provider.name}-${words.key.trim()}` : words.name.trim();
    set.mutate({ name: called, secret: words.secret }, { onSuccess: close });
  };
  return (
    <form className={parts.form} onSubmit={submit} aria-label={title} autoComplete="off">
      <Notice>{say('secretGoesIn')}</Notice>
      {providers && (
        <div className={parts.two}>
          <NativeSelect label={say('provider')} size="sm" data={providers.map((one) => one.name)} value={words.provider} onChange={(event) => setWords({ ...words, provider: event.currentTarget.value })} />
          <TextInput label={say('endOfAddress')} description={say('endOfAddressHint')} inputWrapperOrder={['label', 'input', 'description']} required size="sm" maxLength={40} pattern="[a-z0-9][a-z0-9\-]*" value={words.key} onChange={(event) => setWords({ ...words, key: event.currentTarget.value })} />
        </div>
      )}
      {!providers && name === '' && (
        <TextInput label={say('name')} description={say('secretNameHint')} inputWrapperOrder={['label', 'input', 'description']} required size="sm" maxLength={100} value={words.name} onChange={(event) => setWords({ ...words, name: event.currentTarget.value })} />
      )}
      <PasswordInput label={say('secret')} description={provider?.secret} inputWrapperOrder={['label', 'input', 'description']} required data-autofocus size="sm" autoComplete="new-password" visibilityToggleButtonProps={{ 'aria-label': say('showSecret') }} maxLength={60_000} value={words.secret} onChange={(event) => setWords({ ...words, secret: event.currentTarget.value })} />
      <Trouble error={set.error} />
      <div className={`${parts.actions} ${parts.ends}`}>
        <Button variant="default" onClick={close}>
          {say('cancel')}
        </Button>
        <Button type="submit" loading={set.isPending}>
          {say('keepIt')}
        </Button>
      </div>
    </form>
  );
}
