// More past mail for a campaign that is there, and the next version of its blueprint.
import { Button, Modal } from '@mantine/core';
import { useState } from 'react';

import { useFiles } from '@/api/upload';
import { DropFiles } from '@/components/DropFiles';
import { Notice, Trouble } from '@/components/Notice';
import { WorkBar } from '@/components/WorkBar';
import parts from '@/components/parts.module.css';

import { FileReports } from './Learned';
import { useMoreMail, type Made } from './making';
import { MAIL_HINT, MAIL_TYPES } from './NewCampaign';
import { say } from './texts';

export function MoreMail({ campaign, competitor }: { campaign: string; competitor: string | null }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {say('addPastMail')}
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={say('addPastMail')} size="lg">
        {isOpen && <Ask campaign={campaign} competitor={competitor} close={() => setOpen(false)} />}
      </Modal>
    </>
  );
}

function Ask({ campaign, competitor, close }: { campaign: string; competitor: string | null; close: () => void }) {
  const own = useFiles('/api/campaign-files');
  const rival = useFiles('/api/campaign-files');
  const going = useMoreMail(campaign);
  const { work } = going;
  if (going.isGoing) return <WorkBar work={work} title={say('readingPastMail')} />;
  if (work?.state === 'done') {
    const made = work.result as unknown as Made;
    const names = [...own.files, ...rival.files].filter((one) => one.id).map((one) => one.name);
    return (
      <div className={parts.form}>
        <Notice tone="good">
          {made.reports.some((one) => one.new > 0)
            ? say('versionNow', { version: made.version })
            : say('allWasKnownAlready')}
        </Notice>
        <FileReports reports={made.reports} names={names} />
        <Button onClick={close}>{say('close')}</Button>
      </div>
    );
  }
  const ids = [...own.ids, ...rival.ids];
  return (
    <div className={parts.form}>
      <DropFiles files={own} label={say('mailYourBrand')} hint={MAIL_HINT} accept={MAIL_TYPES} />
      {competitor && <DropFiles files={rival} label={say('mailOf', { name: competitor })} hint={MAIL_HINT} accept={MAIL_TYPES} />}
      <Trouble error={going.start.error ?? (work?.error ? new Error(work.error) : null)} />
      <div className={`${parts.actions} ${parts.ends}`}>
        <Button variant="default" onClick={close}>
          {say('cancel')}
        </Button>
        <Button
          disabled={ids.length === 0 || own.isBusy || rival.isBusy}
          onClick={() => going.start.mutate({ mail: own.ids, competitor_mail: rival.ids })}
        >
          {say('learnFrom')}
        </Button>
      </div>
    </div>
  );
}
