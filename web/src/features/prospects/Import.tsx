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

import classes from './importing.module.css';
import { useCheck, useImport, type Check, type Columns, type Report } from './importing';
import { Mapping } from './Mapping';
import { Rejected } from './Rejected';

export function Import() {
  const isAllowed = useMay('prospects.write');
  return (
    <Screen
      title="Import a list"
      about="A CSV of people with their companies. Nothing is stored before you have seen how it is read."
      above={
        <Link to="/prospects" className={parts.back}>
          <IconArrowLeft size={14} aria-hidden /> Prospects
        </Link>
      }
    >
      {isAllowed ? (
        <Steps />
      ) : (
        <Notice tone="warn">Your role may not import lists; ask an operator, a campaign manager or an admin.</Notice>
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
  if (going.isGoing) return <WorkBar work={work} title={`Importing ${files.files[0]?.name ?? 'the list'}`} />;
  if (work?.state === 'done') return <Done report={work.result as unknown as Report} anew={anew} />;
  return (
    <>
      <Part title="The list">
        <DropFiles
          files={files}
          many={false}
          label="A CSV file"
          hint="With a row of column names; from Excel, a CRM or anywhere else, up to 500 MB"
          accept=".csv,.tsv,.txt,text/csv"
        />
      </Part>
      {work?.state === 'interrupted' && (
        <Notice tone="warn">It was interrupted. Choose the list again: what is in changes nothing twice.</Notice>
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
  const looked = check.is_all ? `${check.checked.toLocaleString('en')} rows` : `the first ${check.checked.toLocaleString('en')} rows`;
  return (
    <>
      <Part title="Columns" aside={`${check.encoding}, separated by ${separator(check.delimiter)}`}>
        <Mapping check={check} columns={columns} change={setColumns} />
      </Part>
      <Part title="What would not go in" aside={`${check.rejected_count.toLocaleString('en')} of ${looked}`}>
        <Rejected check={check} />
      </Part>
      <div className={parts.actions}>
        <Button size="sm" onClick={start} disabled={isWrong || good === 0}>
          {check.is_all ? `Import ${good.toLocaleString('en')} ${good === 1 ? 'row' : 'rows'}` : 'Import the list'}
        </Button>
        <span className="quiet">The same list again changes nothing.</span>
      </div>
    </>
  );
}

const separator = (sign: string) => ({ ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' })[sign] ?? sign;

const COUNTS: ReadonlyArray<readonly [keyof Report, string]> = [
  ['rows', 'rows'],
  ['accounts_new', 'new accounts'],
  ['contacts_new', 'new people'],
  ['contacts_changed', 'people changed'],
  ['unchanged', 'as they were'],
  ['repeated', 'twice in the list'],
  ['suppressed', 'who said no'],
  ['rejected', 'rejected'],
];

function Done({ report, anew }: { report: Report; anew: () => void }) {
  const isSame = report.contacts_new === 0 && report.contacts_changed === 0 && report.accounts_new === 0;
  return (
    <>
      <Notice tone="good">{isSame ? 'Everything in it was here already; nothing changed.' : 'The list is in.'}</Notice>
      <dl className={classes.counts}>
        {COUNTS.map(([key, words]) => (
          <div key={key} data-bad={(key === 'rejected' && report.rejected > 0) || undefined}>
            <dt>{words}</dt>
            <dd>{Number(report[key]).toLocaleString('en')}</dd>
          </div>
        ))}
      </dl>
      <div className={parts.actions}>
        <Button component={Link} to="/prospects" size="sm">
          See the prospects
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
            Download the rejected rows
          </Button>
        )}
        <Button size="sm" variant="subtle" onClick={anew}>
          Import another list
        </Button>
      </div>
    </>
  );
}
