// One look of Lighthouse at one address: its score and what keeps it from being full, as JSON.
//   node look.mjs ADDRESS COOKIE PATH_OF_CHROMIUM accessibility|performance
import process from 'node:process';

import { launch } from 'chrome-launcher';
import lighthouse, { desktopConfig } from 'lighthouse';

const [address, cookie, chromePath, category] = process.argv.slice(2);
const chrome = await launch({
  chromePath,
  // Tests run as root in containers, where Chromium's own sandbox cannot be.
  chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu'],
});
try {
  const { lhr } = await lighthouse(
    address,
    {
      port: chrome.port,
      onlyCategories: [category],
      extraHeaders: { Cookie: cookie },
      // The stream of changes stays open: with it the page would never be at rest.
      blockedUrlPatterns: ['*/api/live'],
      maxWaitForLoad: 45_000,
      logLevel: 'error',
    },
    desktopConfig,
  );
  const { score, auditRefs } = lhr.categories[category];
  const faults = auditRefs
    .filter((ref) => ref.weight > 0)
    .map((ref) => lhr.audits[ref.id])
    .filter((audit) => audit.score !== null && audit.score < 1)
    .map((audit) => ({
      id: audit.id,
      score: audit.score,
      shown: audit.displayValue ?? '',
      where: (audit.details?.items ?? []).slice(0, 5).map((item) => item.node?.snippet ?? ''),
    }));
  process.stdout.write(`${JSON.stringify({ score, faults, warnings: lhr.runWarnings, final: lhr.finalDisplayedUrl, error: lhr.runtimeError ?? null })}\n`);
} finally {
  chrome.kill();
}
