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
import { number } from '@/lib/texts/format';

import classes from './campaigns.module.css';
import { useCampaigns, type Line } from './queries';
import { say } from './texts';

export function Campaigns() {
  const found = useCampaigns();
  const mayWrite = useMay('campaigns.write');
  return (
    <Screen
      title={say('campaigns')}
      about={say('campaignsAbout')}
      aside={
        mayWrite && (
          <Button component={Link} to="/campaigns/new" size="sm" leftSection={<IconPlus size={15} />}>
            {say('newCampaign')}
          </Button>
        )
      }
    >
      {found.isLoading && <Loading />}
      {found.isError && !found.data && (
        <Failed error={found.error} again={() => void found.refetch()} />
      )}
      {found.data?.length === 0 && (
        <Empty title={say('noCampaign')} icon={<IconSpeakerphone size={22} />}>
          {mayWrite ? say('noCampaignAbout') : say('campaignManagerOrAdmin')}
        </Empty>
      )}
      {found.data && found.data.length > 0 && (
        <Table
          label={say('campaigns')}
          head={[say('campaign'), say('status'), say('blueprint'), say('people'), say('waiting'), say('sent'), say('answered'), say('since')]}
          numbers={[say('people'), say('waiting'), say('sent'), say('answered')]}
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
          {line.competitor && ` ${say('against', { name: line.competitor })}`}
        </span>
      </td>
      <td>
        <span className={classes.badge} data-tone={line.status === 'active' ? 'good' : 'warn'}>
          {line.status}
        </span>
      </td>
      <td>
        {line.blueprint_version === null ? (
          <span className="quiet">{say('noneYet')}</span>
        ) : (
          say('versionIs', { version: line.blueprint_version })
        )}
        <span className={classes.under}>{say('pastMailCount', { count: line.emails })}</span>
      </td>
      <td className="tabular">{number(line.enrolled)}</td>
      <td className="tabular">{number(line.waiting)}</td>
      <td className="tabular">{number(line.sent)}</td>
      <td className="tabular">
        {number(line.replied)}
        <span className={classes.under}>{percent(line.replied, line.sent)}</span>
      </td>
      <td className={classes.when}>{day(line.created_at)}</td>
    </tr>
  );
}
