// One look of Lighthouse at one address: its scores and what keeps them from being full, as JSON.
//   node look.mjs ADDRESS COOKIE PATH_OF_CHROMIUM
import process from 'node:process';

import { launch } from 'chrome-launcher';
import lighthouse, { desktopConfig } from 'lighthouse';

const [address, cookie, chromePath] = process.argv.slice(2);
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
      onlyCategories: ['performance', 'accessibility'],
      extraHeaders: { Cookie: cookie },
      // The stream of changes stays open, so the page is never quite at rest.
      maxWaitForLoad: 12_000,
      logLevel: 'error',
    },
    desktopConfig,
  );
  const scores = Object.fromEntries(
    Object.values(lhr.categories).map((one) => [one.id, one.score]),
  );
  const counts = Object.values(lhr.categories).flatMap((one) =>
    one.auditRefs.filter((ref) => ref.weight > 0).map((ref) => lhr.audits[ref.id]),
  );
  const faults = counts
    .filter((audit) => audit.score !== null && audit.score < 1)
    .map((audit) => ({
      id: audit.id,
      score: audit.score,
      shown: audit.displayValue ?? '',
      where: (audit.details?.items ?? []).slice(0, 5).map((item) => item.node?.snippet ?? ''),
    }));
  process.stdout.write(`${JSON.stringify({ scores, faults, warnings: lhr.runWarnings, final: lhr.finalDisplayedUrl, error: lhr.runtimeError ?? null })}\n`);
} finally {
  chrome.kill();
}
