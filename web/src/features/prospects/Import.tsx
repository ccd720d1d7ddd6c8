// A list of people on its way in: how it is read, what would not go in, and then what it changed.
import { Button } from '@mantine/core';
import { IconArrowLeft, IconDownload } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { useMay } from '@/api/me';
import { useFiles } from '@/api/upload';
import { DropFiles } from '@/components/DropFiles';
import { Loading } from '@/components/Loading';
import { Notice, Trouble } from '@/components/Notice';
import { Part, Screen } from '@/components/Screen';
import { WorkBar } from '@/components/WorkBar';
import parts from '@/components/parts.module.css';
import { number } from '@/lib/texts/format';

import classes from './importing.module.css';
import { useCheck, useImport, type Check, type Columns, type Report } from './importing';
import { Mapping } from './Mapping';
import { Rejected } from './Rejected';
import { say, worded } from './texts';

export function Import() {
  const isAllowed = useMay('prospects.write');
  return (
    <Screen
      title={say('importList')}
      about={say('importAbout')}
      above={
        <Link to="/prospects" className={parts.back}>
          <IconArrowLeft size={14} aria-hidden /> {say('prospects')}
        </Link>
      }
    >
      {isAllowed ? (
        <Steps />
      ) : (
        <Notice tone="warn">{say('mayNotImport')}</Notice>
      )}
    </Screen>
  );
}

function Steps() {
  const files = useFiles('/api/imports/files');
  const [columns, setColumns] = useState<Columns>();
  const going = useImport();
  const file = files.ids[0];
  const check = useCheck(going.work ? undefined : file, columns);
  const { work } = going;
  const anew = () => {
    files.clear();
    setColumns(undefined);
    going.again();
  };
  if (going.isGoing) return <WorkBar work={work} title={say('importing', { name: files.files[0]?.name ?? say('theList') })} />;
  if (work?.state === 'done') return <Done report={work.result as unknown as Report} anew={anew} />;
  return (
    <>
      <Part title={say('list')}>
        <DropFiles
          files={files}
          many={false}
          label={say('csv')}
          hint={say('csvHint')}
          accept=".csv,.tsv,.txt,text/csv"
        />
      </Part>
      {work?.state === 'interrupted' && (
        <Notice tone="warn">{say('interrupted')}</Notice>
      )}
      <Trouble error={going.start.error ?? (work?.error ? new Error(work.error) : null)} />
      {file && check.isLoading && <Loading lines={5} />}
      {file && check.isError && <Trouble error={check.error} />}
      {file && check.data && (
        <Checked
          check={check.data}
          columns={columns}
          setColumns={setColumns}
          isWrong={check.isError}
          start={() => going.start.mutate({ file, columns: columns ?? null })}
        />
      )}
    </>
  );
}

interface CheckedProps {
  check: Check;
  columns: Columns | undefined;
  setColumns: (columns: Columns) => void;
  isWrong: boolean;
  start: () => void;
}

function Checked({ check, columns, setColumns, isWrong, start }: CheckedProps) {
  const good = check.checked - check.rejected_count;
  const looked = { rejected: check.rejected_count, count: check.checked };
  return (
    <>
      <Part title={say('columns')} aside={say('readAs', { encoding: check.encoding, sign: separator(check.delimiter) })}>
        <Mapping check={check} columns={columns} change={setColumns} />
      </Part>
      <Part title={say('notIn')} aside={say(check.is_all ? 'ofRows' : 'ofFirstRows', looked)}>
        <Rejected check={check} />
      </Part>
      <div className={parts.actions}>
        <Button size="sm" onClick={start} disabled={isWrong || good === 0}>
          {check.is_all ? say('importRows', { count: good }) : say('importWhole')}
        </Button>
        <span className="quiet">{say('sameAgain')}</span>
      </div>
    </>
  );
}

const SIGNS: Readonly<Record<string, string>> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' };
const separator = (sign: string) => worded(`sign_${SIGNS[sign] ?? ''}`, sign);

const COUNTS = [
  'rows',
  'accounts_new',
  'contacts_new',
  'contacts_changed',
  'unchanged',
  'repeated',
  'suppressed',
  'rejected',
] as const satisfies ReadonlyArray<keyof Report>;

function Done({ report, anew }: { report: Report; anew: () => void }) {
  const isSame = report.contacts_new === 0 && report.contacts_changed === 0 && report.accounts_new === 0;
  return (
    <>
      <Notice tone="good">{say(isSame ? 'allThere' : 'isIn')}</Notice>
      <dl className={classes.counts}>
        {COUNTS.map((key) => (
          <div key={key} data-bad={(key === 'rejected' && report.rejected > 0) || undefined}>
            <dt>{say(`count_${key}`)}</dt>
            <dd>{number(report[key])}</dd>
          </div>
        ))}
      </dl>
      <div className={parts.actions}>
        <Button component={Link} to="/prospects" size="sm">
          {say('seeThem')}
        </Button>
        {report.rejects && (
          <Button
            component="a"
            href={`/api/imports/rejects/${report.rejects}`}
            download
            size="sm"
            variant="default"
            leftSection={<IconDownload size={15} />}
          >
            {say('downloadRejected')}
          </Button>
        )}
        <Button size="sm" variant="subtle" onClick={anew}>
          {say('another')}
        </Button>
      </div>
    </>
  );
}
