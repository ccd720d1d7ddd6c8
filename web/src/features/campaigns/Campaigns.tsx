// Every campaign with what came of it so far.
import { Button } from '@mantine/core';
import { IconPlus, IconSpeakerphone } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';

import { useMay } from '@/api/me';
import { percent } from '@/components/Bars';
import { Empty } from '@/components/Empty';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Screen, Table } from '@/components/Screen';
import { day } from '@/lib/time';

import classes from './campaigns.module.css';
import { useCampaigns, type Line } from './queries';

export function Campaigns() {
  const found = useCampaigns();
  const mayWrite = useMay('campaigns.write');
  return (
    <Screen
      title="Campaigns"
      about="A brand, what its past mail teaches, and the steps that people go through."
      aside={
        mayWrite && (
          <Button component={Link} to="/campaigns/new" size="sm" leftSection={<IconPlus size={15} />}>
            New campaign
          </Button>
        )
      }
    >
      {found.isLoading && <Loading />}
      {found.isError && !found.data && (
        <Failed error={found.error} again={() => void found.refetch()} />
      )}
      {found.data?.length === 0 && (
        <Empty title="There is no campaign yet" icon={<IconSpeakerphone size={22} />}>
          {mayWrite ? 'Give it past mail, and it learns how good mail is built.' : 'A campaign manager or an admin creates one.'}
        </Empty>
      )}
      {found.data && found.data.length > 0 && (
        <Table
          label="Campaigns"
          head={['Campaign', 'Status', 'Blueprint', 'People', 'Waiting', 'Sent', 'Answered', 'Since']}
        >
          {found.data.map((line) => (
            <Row key={line.id} line={line} />
          ))}
        </Table>
      )}
    </Screen>
  );
}

function Row({ line }: { line: Line }) {
  return (
    <tr className={classes.row}>
      <td>
        <Link to="/campaigns/$campaign" params={{ campaign: line.id }} className={classes.name}>
          {line.name}
        </Link>
        <span className={classes.under}>
          {line.brand}
          {line.competitor && ` against ${line.competitor}`}
        </span>
      </td>
      <td>
        <span className={classes.badge} data-tone={line.status === 'active' ? 'good' : 'warn'}>
          {line.status}
        </span>
      </td>
      <td>
        {line.blueprint_version === null ? (
          <span className="quiet">none yet</span>
        ) : (
          `version ${line.blueprint_version}`
        )}
        <span className={classes.under}>{line.emails.toLocaleString('en')} past mails</span>
      </td>
      <td className="tabular">{line.enrolled.toLocaleString('en')}</td>
      <td className="tabular">{line.waiting.toLocaleString('en')}</td>
      <td className="tabular">{line.sent.toLocaleString('en')}</td>
      <td className="tabular">
        {line.replied.toLocaleString('en')}
        <span className={classes.under}>{percent(line.replied, line.enrolled)}</span>
      </td>
      <td className={classes.when}>{day(line.created_at)}</td>
    </tr>
  );
}
