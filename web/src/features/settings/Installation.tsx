// How this installation is set: sign-on, retention, secrets by name, and every setting with its meaning.
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Part, Table } from '@/components/Screen';
import parts from '@/components/parts.module.css';

import { useInstallation } from './queries/own';
import classes from './settings.module.css';

export function Installation() {
  const found = useInstallation();
  if (found.isLoading) return <Loading lines={10} />;
  if (!found.data) return <Failed error={found.error} again={() => void found.refetch()} />;
  const { items, secrets, sign_on: signOn, retain_leads_days: days } = found.data;
  return (
    <>
      <Part title="In short">
        <dl className={`${parts.card} ${parts.facts}`}>
          <dt>Sign-on</dt>
          <dd>{signOn ? `by ${signOn}, and by password` : 'by password only'}</dd>
          <dt>Retention</dt>
          <dd>{days ? `People with whom nothing happened for ${days} days are erased.` : 'Nobody is erased by time.'}</dd>
          <dt>Secrets</dt>
          <dd>{secrets.length > 0 ? secrets.join(', ') : 'none'}</dd>
        </dl>
      </Part>
      <Part title="Every setting" aside="set by the environment or settings.toml on the machine; read at start">
        <Table label="Settings" head={['Setting', 'Value', 'Meaning']}>
          {items.map((one) => (
            <tr key={one.name} className={classes.setting}>
              <td>
                <code>{one.name}</code>
                {!one.is_default && <span className={parts.under}>set here</span>}
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
