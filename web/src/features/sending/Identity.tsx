// Who a mailbox is: the name that signs, the lines under it, the address that the law wants, the link.
import { Textarea, TextInput } from '@mantine/core';

import type { Mailbox } from './mailboxes';
import { Reasoned, useWords } from './Reasoned';
import { say } from './texts';

const wordsOf = (box: Mailbox) => ({
  name: box.name,
  signature: box.signature,
  postal_address: box.postal_address,
  booking_link: box.booking_link,
});

export function Identity({ box, mayWrite }: { box: Mailbox; mayWrite: boolean }) {
  const { words, changed, field, undo } = useWords(wordsOf(box), mayWrite);
  return (
    <Reasoned
      box={box}
      label={say('whoSigns')}
      isChanged={changed.length > 0}
      change={() => Object.fromEntries(changed.map((name) => [name, words[name].trim()]))}
      undo={undo}
      told={say('approvedWaitAgain')}
      isTold
    >
      <TextInput label={say('namePersonWhoSigns')} required maxLength={300} {...field('name')} />
      <Textarea label={say('linesUnderName')} autosize minRows={1} maxLength={1000} {...field('signature')} />
      <TextInput label={say('postalAddress')} required maxLength={500} {...field('postal_address')} />
      <TextInput label={say('whereMeetingCanBe')} type="url" required maxLength={1000} {...field('booking_link')} />
    </Reasoned>
  );
}
