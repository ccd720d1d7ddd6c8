// Agents, runs, tools: the three screens of this part.
import { Link } from '@tanstack/react-router';

import { useMay } from '@/api/me';
import parts from '@/components/parts.module.css';

import { say } from './texts';

export function Tabs() {
  const mayReadRuns = useMay('runs.read');
  return (
    <nav className={parts.tabs} aria-label={say('tabs')}>
      <Link to="/agents" className={parts.tab} activeOptions={{ exact: true }}>
        {say('agents')}
      </Link>
      {mayReadRuns && (
        <Link to="/agents/runs" className={parts.tab} activeOptions={{ includeSearch: false }}>
          {say('runs')}
        </Link>
      )}
      <Link to="/agents/tools" className={parts.tab}>
        {say('tools')}
      </Link>
    </nav>
  );
}
