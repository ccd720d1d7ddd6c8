// Which mailboxes write to a campaign's new people, how many each gets, and who may be added.
import { Button, Checkbox, Modal, NativeSelect } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';

import { useMay } from '@/api/me';
import { Notice, Trouble } from '@/components/Notice';
import { Part, Table } from '@/components/Screen';
import parts from '@/components/parts.module.css';

import { useSetShares, useShares, type Shares } from './queries';
import { say } from './texts';

const ROTATIONS = [
  { value: 'health', label: say('byHealth') },
  { value: 'even', label: say('evenly') },
];

export function Writers({ campaign }: { campaign: string }) {
  const found = useShares(campaign);
  const mayWrite = useMay('campaigns.write');
  const [isOpen, setOpen] = useState(false);
  const shares = found.data;
  if (!shares) return null;
  return (
    <Part
      title={say('writers')}
      aside={shares.items.length > 0 ? (shares.rotation === 'even' ? say('evenly') : say('byHealth')) : ''}
      act={
        mayWrite && (
          <Button variant="default" onClick={() => setOpen(true)}>
            {say('chooseWriters')}
          </Button>
        )
      }
    >
      {shares.items.length === 0 && <p className={parts.none}>{say('noWriters')}</p>}
      {shares.items.length > 0 && (
        <Table label={say('writers')} head={[say('mailbox'), say('people'), say('ofNext'), say('leftToday'), say('whyFewer')]}
          numbers={[say('people'), say('ofNext'), say('leftToday')]}
        >
          {shares.items.map((one) => (
            <tr key={one.address}>
              <td>
                <Link to="/sending/mailboxes/$address" params={{ address: one.address }} className={parts.name}>
                  {one.address}
                </Link>
              </td>
              <td className="tabular">{one.people}</td>
              <td className="tabular">{one.of_next_100}</td>
              <td className="tabular">{one.today}</td>
              <td className="quiet">{one.reason}</td>
            </tr>
          ))}
        </Table>
      )}
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={say('writers')}>
        {isOpen && <Form campaign={campaign} shares={shares} close={() => setOpen(false)} />}
      </Modal>
    </Part>
  );
}

function Form({ campaign, shares, close }: { campaign: string; shares: Shares; close: () => void }) {
  const own = shares.items.map((one) => one.address);
  const [chosen, setChosen] = useState<string[]>(own);
  const [rotation, setRotation] = useState(shares.rotation);
  const save = useSetShares(campaign);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ mailboxes: chosen, rotation: rotation as 'even' }, { onSuccess: close });
  };
  return (
    <form className={parts.form} onSubmit={submit} aria-label={say('writers')}>
      <Notice>{say('threadsStay')}</Notice>
      <Checkbox.Group label={say('writeToNew')} value={chosen} onChange={setChosen}>
        {[...own, ...shares.others].map((address) => (
          <Checkbox key={address} mt={8} size="sm" value={address} label={address} />
        ))}
      </Checkbox.Group>
      <NativeSelect label={say('sharedOut')} size="sm" data={ROTATIONS} value={rotation} onChange={(event) => setRotation(event.currentTarget.value)} />
      <Trouble error={save.error} />
      <div className={`${parts.actions} ${parts.ends}`}>
        <Button variant="default" onClick={close}>
          {say('cancel')}
        </Button>
        <Button type="submit" loading={save.isPending}>
          {say('save')}
        </Button>
      </div>
    </form>
  );
}
