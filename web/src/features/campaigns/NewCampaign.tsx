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
import { say } from './texts';

export const MAIL_HINT = say('mailHint');
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
      title={say('newCampaign')}
      about={say('newCampaignAbout')}
      above={
        <Link to="/campaigns" className={parts.back}>
          <IconArrowLeft size={14} aria-hidden />{' '}{say('campaigns')}
        </Link>
      }
    >
      {!isAllowed ? (
        <Notice tone="warn">{say('mayNotCreate')}</Notice>
      ) : making.isGoing ? (
        <WorkBar work={work} title={say('learningHowGoodMail')} />
      ) : work?.state === 'done' ? (
        <Learned made={work.result as unknown as Made} names={names(own, rival)} />
      ) : (
        <>
          {work?.state === 'interrupted' && (
            <Notice tone="warn">{say('wasInterruptedCreateAgain')}</Notice>
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
    <form className={parts.form} onSubmit={submit} aria-label={say('newCampaign')}>
      <Part title={say('whoWrites')}>
        <div className={parts.two}>
          <TextInput
            label={say('nameCampaign')}
            placeholder={say('exampleName')}
            required
            size="sm"
            maxLength={120}
            value={words.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <TextInput
            label={say('brand')}
            description={say('asStandsUnderYour')}
            inputWrapperOrder={['label', 'input', 'description']}
            required
            size="sm"
            maxLength={120}
            value={words.brand}
            onChange={(event) => set({ brand: event.currentTarget.value })}
          />
        </div>
      </Part>
      <Part title={say('pastMail')} aside={say('whatLearnsFrom')}>
        <DropFiles
          files={own}
          label={say('mailYourBrand')}
          hint={say('mailHintOwn')}
          accept={MAIL_TYPES}
        />
      </Part>
      <Part title={say('competitor')} aside={say('optionalNeverNamedMail')}>
        <div className={parts.form}>
          <TextInput
            label={say('nameCompetitor')}
            size="sm"
            maxLength={120}
            value={words.competitor}
            onChange={(event) => set({ competitor: event.currentTarget.value })}
          />
          {words.competitor.trim() !== '' && (
            <DropFiles
              files={rival}
              label={say('mailCompetitor')}
              hint={say('mailHintRival')}
              accept={MAIL_TYPES}
            />
          )}
        </div>
      </Part>
      <Part title={say('whatYouOffer')} aside={say('optionalUsedWhilePast')}>
        <Textarea
          aria-label={say('whatYouOfferSentence')}
          placeholder={say('exampleOffer')}
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
        {own.hasFailed && <Notice tone="warn">{say('fileDidNotCome')}</Notice>}
        <div className={parts.actions}>
          <Button type="submit" size="sm" loading={making.start.isPending} disabled={isBusy}>
            {say('createLearn')}
          </Button>
          {isBusy && <span className="quiet">{say('filesAreStillOn')}</span>}
        </div>
      </div>
    </form>
  );
}
