// Names of things as people say them.

export const STATUS: Readonly<Record<string, string>> = {
  new: 'new',
  researched: 'researched',
  sequenced: 'in a sequence',
  exhausted: 'nobody left',
};

export const FACTORS: Readonly<Record<string, string>> = {
  operating_lease_liability: 'Operating leases',
  icp_score: 'Fit',
  competitor_presence: 'Rival in use',
  fiscal_year_end_timing: 'Year-end timing',
  contact_count: 'People known',
  auditor: 'Auditor',
};

const KINDS: Readonly<Record<string, string>> = {
  operating_lease_liability: 'Operating lease liability',
  lease_liability_all: 'Lease liability, all kinds',
  fiscal_year_end: 'Fiscal year ends',
  period_end: 'Period ends',
  company_name: 'Name in the filing',
  competitor: 'Rival in use',
};

export const SOURCES: Readonly<Record<string, string>> = {
  sec_10k: 'Annual report (10-K)',
  sec_10q: 'Quarterly report (10-Q)',
  sec_8k: 'Current report (8-K)',
  sec_companyfacts: 'SEC company facts',
  sec_submissions: 'SEC register',
  import: 'Imported list',
};

/** `fiscal_year_end` → `Fiscal year ends` */
export function kindOf(name: string): string {
  return KINDS[name] ?? plain(name);
}

/** `some_word` → `Some word` */
export function plain(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A value as people read it: money with its currency, people as a number. */
export function valueOf(value: string, unit: string | null): string {
  const number = Number(value);
  if (unit === 'MM-DD') {
    const date = new Date(`2000-${value.replace(/^--/, '')}T00:00:00Z`);
    return Number.isNaN(date.getTime())
      ? value
      : date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' });
  }
  if (unit === null || value.trim() === '' || Number.isNaN(number)) return value;
  if (/^[A-Z]{3}$/.test(unit))
    return number.toLocaleString('en-US', {
      style: 'currency',
      currency: unit,
      maximumFractionDigits: 0,
    });
  return `${number.toLocaleString('en-US')} ${unit}`;
}
