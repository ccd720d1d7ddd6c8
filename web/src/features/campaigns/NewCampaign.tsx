// A campaign on one page: who writes, against whom, what is offered, and the past mail to learn from.
import { Button, Textarea, TextInput } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';

import { useMay } from '@/api/me';
import { useFiles, type Files } from '@/api/upload';
import { DropFiles } from '@/components/DropFiles';
import { Notice, Trouble } from '@/components/Notice';
import { Part, Screen } from '@/components/Screen';
import { WorkBar } from '@/components/WorkBar';
import parts from '@/components/parts.module.css';

import { Learned } from './Learned';
import { useCreate, type Made } from './making';

export const MAIL_HINT = 'mbox, .eml or CSV, up to 2 GB each';
export const MAIL_TYPES = '.mbox,.eml,.csv,.tsv,.mbx,.txt,application/mbox,message/rfc822,text/csv';

const BLANK = { name: '', brand: '', competitor: '', context: '' };
type Words = typeof BLANK;

export function NewCampaign() {
  const isAllowed = useMay('campaigns.write');
  const own = useFiles('/api/campaign-files');
  const rival = useFiles('/api/campaign-files');
  // What was typed outlives the work, for it may be refused.
  const [words, setWords] = useState(BLANK);
  const making = useCreate();
  const { work } = making;
  return (
    <Screen
      title="New campaign"
      about="Outrider reads your past mail once and keeps how good mail is built: a blueprint that you can read."
      above={
        <Link to="/campaigns" className={parts.back}>
          <IconArrowLeft size={14} aria-hidden /> Campaigns
        </Link>
      }
    >
      {!isAllowed ? (
        <Notice tone="warn">Your role may not create campaigns; ask a campaign manager or an admin.</Notice>
      ) : making.isGoing ? (
        <WorkBar work={work} title="Learning how good mail is built" />
      ) : work?.state === 'done' ? (
        <Learned made={work.result as unknown as Made} names={names(own, rival)} />
      ) : (
        <>
          {work?.state === 'interrupted' && (
            <Notice tone="warn">It was interrupted. Create it again: what was read is not read twice.</Notice>
          )}
          <Form making={making} own={own} rival={rival} error={making.start.error ?? work?.error} words={words} setWords={setWords} />
        </>
      )}
    </Screen>
  );
}

const names = (own: Files, rival: Files) => [...own.files, ...rival.files].filter((one) => one.id).map((one) => one.name);

interface FormProps {
  making: ReturnType<typeof useCreate>;
  own: Files;
  rival: Files;
  error: unknown;
  words: Words;
  setWords: (words: Words) => void;
}

function Form({ making, own, rival, error, words, setWords }: FormProps) {
  const set = (change: Partial<Words>) => setWords({ ...words, ...change });
  const isBusy = own.isBusy || rival.isBusy;
  const isReady = words.name.trim() !== '' && words.brand.trim() !== '' && !isBusy;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    making.start.mutate({
      name: words.name.trim(),
      brand: words.brand.trim(),
      competitor: words.competitor.trim() || null,
      context: words.context.trim() || null,
      mail: own.ids,
      competitor_mail: words.competitor.trim() ? rival.ids : [],
    });
  };
  return (
    <form className={parts.form} onSubmit={submit} aria-label="New campaign">
      <Part title="Who writes">
        <div className={parts.two}>
          <TextInput
            label="Name of the campaign"
            placeholder="Leases, spring"
            required
            size="sm"
            maxLength={120}
            value={words.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <TextInput
            label="Brand"
            description="As it stands under your mails"
            inputWrapperOrder={['label', 'input', 'description']}
            required
            size="sm"
            maxLength={120}
            value={words.brand}
            onChange={(event) => set({ brand: event.currentTarget.value })}
          />
        </div>
      </Part>
      <Part title="Past mail" aside="what it learns from">
        <DropFiles
          files={own}
          label="Mail of your brand"
          hint={`${MAIL_HINT}. 100 mails with follow-ups are plenty; with fewer it keeps to safe defaults.`}
          accept={MAIL_TYPES}
        />
      </Part>
      <Part title="Competitor" aside="optional, never named in a mail">
        <div className={parts.form}>
          <TextInput
            label="Name of the competitor"
            size="sm"
            maxLength={120}
            value={words.competitor}
            onChange={(event) => set({ competitor: event.currentTarget.value })}
          />
          {words.competitor.trim() !== '' && (
            <DropFiles
              files={rival}
              label="Mail of the competitor"
              hint={`${MAIL_HINT}. Shows what everybody writes, so that you need not.`}
              accept={MAIL_TYPES}
            />
          )}
        </div>
      </Part>
      <Part title="What you offer" aside="optional, used while past mail is scarce">
        <Textarea
          aria-label="What you offer, in a sentence or two"
          placeholder="Lease accounting for finance teams: every lease in one place, ready for the audit."
          autosize
          minRows={3}
          size="sm"
          maxLength={5000}
          value={words.context}
          onChange={(event) => set({ context: event.currentTarget.value })}
        />
      </Part>
      <div>
        <Trouble error={error ? (typeof error === 'string' ? new Error(error) : error) : null} />
        {own.hasFailed && <Notice tone="warn">A file did not come through; remove it or choose it again.</Notice>}
        <div className={parts.actions}>
          <Button type="submit" size="sm" loading={making.start.isPending} disabled={!isReady}>
            Create and learn
          </Button>
          {isBusy && <span className="quiet">Files are still on their way.</span>}
        </div>
      </div>
    </form>
  );
}
