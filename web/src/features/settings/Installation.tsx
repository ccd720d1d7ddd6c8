// How this installation is set: sign-on, retention, secrets by name, and every setting with its meaning.
import { Link } from '@tanstack/react-router';

import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Part, Table } from '@/components/Screen';
import parts from '@/components/parts.module.css';

import { useInstallation } from './queries/own';
import classes from './settings.module.css';
import { say, told } from './texts';

export function Installation() {
  const found = useInstallation();
  if (found.isLoading) return <Loading lines={10} />;
  if (!found.data) return <Failed error={found.error} again={() => void found.refetch()} />;
  const { items, sign_on: signOn, retain_leads_days: days } = found.data;
  return (
    <>
      <Part title={say('inShort')}>
        <dl className={`${parts.card} ${parts.facts}`}>
          <dt>{say('signOn')}</dt>
          <dd>{signOn ? say('bySignOn', { host: signOn }) : say('byPasswordOnly')}</dd>
          <dt>{say('retention')}</dt>
          <dd>{days ? say('erasedAfter', { count: days }) : say('nobodyErasedByTime')}</dd>
          <dt>{say('budgets')}</dt>
          <dd>
            {told('budgetsAt', { agents: <Link to="/agents" className={classes.inline}>{say('agents')}</Link> })}
          </dd>
          <dt>{say('secrets')}</dt>
          <dd>{told('secretsAt', { services: <Link to="/settings/$part" params={{ part: 'services' }} className={classes.inline}>{say('partServices')}</Link> })}</dd>
        </dl>
      </Part>
      <Part title={say('everySetting')} aside={say('setByEnvironmentOr')}>
        <Table label={say('settings')} head={[say('setting'), say('value'), say('meaning')]}>
          {items.map((one) => (
            <tr key={one.name} className={classes.setting}>
              <td>
                <code>{one.name}</code>
                <span className={parts.under}>{say('bySetting', { name: one.name.toUpperCase() })}</span>
                {!one.is_default && <span className={parts.under}>{say('setHere')}</span>}
              </td>
              <td>{one.value}</td>
              <td className="quiet">{one.about.split('`').map((part, place) => (place % 2 ? <code key={part}>{part}</code> : part))}</td>
            </tr>
          ))}
        </Table>
      </Part>
    </>
  );
}
