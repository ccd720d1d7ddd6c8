// What came of reading past mail: each file with its counts, what is weak, and what would help.
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';

import { Notice } from '@/components/Notice';
import { Part, Table } from '@/components/Screen';
import parts from '@/components/parts.module.css';

import type { Made, Report } from './making';
import { useDesk } from './queries';

export function Learned({ made, names }: { made: Made; names: readonly string[] }) {
  const desk = useDesk(made.campaign).data;
  const blueprint = desk?.blueprint;
  return (
    <>
      <Notice tone="good">
        Blueprint version {made.version} is ready
        {blueprint && `: ${blueprint.rules.length} rules, ${Math.round(blueprint.sufficiency * 100)} % of the past mail that a sure one needs.`}
      </Notice>
      {made.reports.length > 0 && (
        <Part title="What was read">
          <FileReports reports={made.reports} names={names} />
        </Part>
      )}
      {blueprint && blueprint.warnings.length > 0 && (
        <Part title="What would make it surer">
          {blueprint.warnings.map((warning) => (
            <Notice key={warning} tone="warn">
              {warning}
            </Notice>
          ))}
        </Part>
      )}
      <div className={parts.actions}>
        <Button component={Link} to="/campaigns/$campaign" params={{ campaign: made.campaign } as never} size="sm">
          Read the blueprint
        </Button>
        <Button component={Link} to="/prospects/import" size="sm" variant="default">
          Import a list of people
        </Button>
      </div>
    </>
  );
}

export function FileReports({ reports, names }: { reports: readonly Report[]; names: readonly string[] }) {
  return (
    <Table label="Files" head={['File', 'Mails', 'New', 'Known already', 'Not usable']}>
      {reports.map((report, place) => (
        <tr key={`${names[place]}-${report.source}`}>
          <td>
            {names[place] ?? `File ${place + 1}`}
            <span className={parts.under}>{report.source}</span>
          </td>
          <td className="tabular">{report.read.toLocaleString('en')}</td>
          <td className="tabular">{report.new.toLocaleString('en')}</td>
          <td className="tabular">{report.known.toLocaleString('en')}</td>
          <td className="tabular">
            {report.unreadable.toLocaleString('en')}
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
