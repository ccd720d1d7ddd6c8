// What came of reading past mail: each file with its counts, what is weak, and what would help.
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';

import { Notice } from '@/components/Notice';
import { Part, Table } from '@/components/Screen';
import parts from '@/components/parts.module.css';
import { number } from '@/lib/texts/format';

import type { Made, Report } from './making';
import { useDesk } from './queries';
import { say } from './texts';

export function Learned({ made, names }: { made: Made; names: readonly string[] }) {
  const desk = useDesk(made.campaign).data;
  const blueprint = desk?.blueprint;
  return (
    <>
      <Notice tone="good">
        {blueprint
          ? say('readyWith', { version: made.version, count: blueprint.rules.length, percent: Math.round(blueprint.sufficiency * 100) })
          : say('ready', { version: made.version })}
      </Notice>
      {made.reports.length > 0 && (
        <Part title={say('whatWasRead')}>
          <FileReports reports={made.reports} names={names} />
        </Part>
      )}
      {blueprint && blueprint.warnings.length > 0 && (
        <Part title={say('whatWouldMakeSurer')}>
          {blueprint.warnings.map((warning) => (
            <Notice key={warning} tone="warn">
              {warning}
            </Notice>
          ))}
        </Part>
      )}
      <div className={parts.actions}>
        <Button component={Link} to="/campaigns/$campaign" params={{ campaign: made.campaign } as never} size="sm">
          {say('readBlueprint')}
        </Button>
        <Button component={Link} to="/prospects/import" size="sm" variant="default">
          {say('importListPeople')}
        </Button>
      </div>
    </>
  );
}

export function FileReports({ reports, names }: { reports: readonly Report[]; names: readonly string[] }) {
  return (
    <Table label={say('files')} head={[say('file'), say('mails'), say('new'), say('knownAlready'), say('notUsable')]}
      numbers={[say('mails'), say('new'), say('knownAlready'), say('notUsable')]}
    >
      {reports.map((report, place) => (
        <tr key={`${names[place]}-${report.source}`}>
          <td>
            {names[place] ?? say('fileNumber', { number: place + 1 })}
            <span className={parts.under}>{report.source}</span>
          </td>
          <td className="tabular">{number(report.read)}</td>
          <td className="tabular">{number(report.new)}</td>
          <td className="tabular">{number(report.known)}</td>
          <td className="tabular">
            {number(report.unreadable)}
            {Object.entries(report.reasons).map(([reason, count]) => (
              <span key={reason} className={parts.under}>
                {count} × {reason}
              </span>
            ))}
          </td>
        </tr>
      ))}
    </Table>
  );
}
