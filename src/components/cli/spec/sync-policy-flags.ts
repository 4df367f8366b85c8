import type { SyncPolicy, SyncPolicyAutomated } from '#core/api';
import type { OptionDefinition } from '../program/command-definition.ts';
import type { Flags } from '../program/flags.ts';
import { usageError } from '../program/usage-error.ts';

export const syncPolicyFlags: readonly OptionDefinition[] = [
  {
    name: 'sync-policy',
    type: 'string',
    summary: 'Sync by hand or by itself',
    choices: ['', 'none', 'manual', 'automated', 'auto'],
  },
  { name: 'auto-prune', type: 'boolean', summary: 'Automated sync deletes what Git does not hold any more' },
  { name: 'self-heal', type: 'boolean', summary: 'Automated sync undoes changes made in the cluster' },
  { name: 'allow-empty', type: 'boolean', summary: 'Automated sync may delete everything' },
  { name: 'sync-option', type: 'strings', summary: 'Sync option, e.g. CreateNamespace=true; "!" in front removes it' },
  { name: 'sync-retry-limit', type: 'integer', summary: 'How often a failed sync is tried again' },
  { name: 'sync-retry-refresh', type: 'boolean', summary: 'Take the newest revision when trying again' },
  { name: 'sync-retry-backoff-duration', type: 'duration', summary: 'First pause before trying again', default: '5s' },
  {
    name: 'sync-retry-backoff-max-duration',
    type: 'duration',
    summary: 'Longest pause before trying again',
    default: '3m0s',
  },
  { name: 'sync-retry-backoff-factor', type: 'integer', summary: 'How much longer each pause is', default: '2' },
];

/** What the flags make of a sync policy; undefined when nothing is left of it. Pure. Throws USAGE. */
export function applySyncPolicyFlags(policy: SyncPolicy | undefined, flags: Flags): SyncPolicy | undefined {
  if (!syncPolicyFlags.some(({ name }) => flags.isSet(name))) return policy;
  const automated = applyAutomation(policy?.automated, flags);
  const { automated: _before, syncOptions: options, retry: _retry, ...rest } = policy ?? {};
  const syncOptions = applyOptions(options ?? [], flags.list('sync-option'));
  const retry = applyRetry(policy?.retry, flags);
  const changed: SyncPolicy = {
    ...rest,
    ...(automated === undefined ? {} : { automated }),
    ...(syncOptions.length === 0 ? {} : { syncOptions }),
    ...(retry === undefined ? {} : { retry }),
  };
  return Object.keys(changed).length === 0 ? undefined : changed;
}

const details: Readonly<Record<string, 'prune' | 'selfHeal' | 'allowEmpty'>> = {
  'auto-prune': 'prune',
  'self-heal': 'selfHeal',
  'allow-empty': 'allowEmpty',
};

function applyAutomation(before: SyncPolicyAutomated | undefined, flags: Flags): SyncPolicyAutomated | undefined {
  let automated = before;
  const mode = flags.text('sync-policy');
  if (mode === 'none' || mode === 'manual') automated = undefined;
  if (mode === 'automated' || mode === 'auto') {
    const { enabled: _enabled, ...rest } = before ?? {};
    automated = rest;
  }
  for (const [flag, field] of Object.entries(details)) {
    if (!flags.isSet(flag)) continue;
    if (automated === undefined)
      throw usageError(
        `Cannot set --${flag}: application not configured with automatic sync`,
        'Add --sync-policy automated.',
      );
    automated = { ...automated, [field]: flags.is(flag) };
  }
  return automated;
}

/** `Name=value` replaces what is there of that name; `!Name=value` removes it. */
function applyOptions(before: readonly string[], given: readonly string[]): string[] {
  let options = [...before];
  for (const option of given) {
    const wanted = option.replace(/^!/, '');
    const name = `${wanted.split('=')[0] ?? ''}=`;
    options = options.filter((one) => (option.startsWith('!') ? one !== wanted : !one.startsWith(name)));
    if (!option.startsWith('!')) options.push(option);
  }
  return options;
}

function applyRetry(before: SyncPolicy['retry'], flags: Flags): SyncPolicy['retry'] {
  const names = [
    'sync-retry-limit',
    'sync-retry-refresh',
    'sync-retry-backoff-duration',
    'sync-retry-backoff-max-duration',
    'sync-retry-backoff-factor',
  ];
  if (!names.some((name) => flags.isSet(name))) return before;
  const limit = flags.integer('sync-retry-limit') ?? before?.limit;
  if (limit === 0) return undefined;
  return {
    ...before,
    ...(limit === undefined ? {} : { limit }),
    ...(flags.isSet('sync-retry-refresh') ? { refresh: flags.is('sync-retry-refresh') } : {}),
    backoff: {
      duration: chosen(flags, 'sync-retry-backoff-duration', before?.backoff?.duration) ?? '5s',
      maxDuration: chosen(flags, 'sync-retry-backoff-max-duration', before?.backoff?.maxDuration) ?? '3m0s',
      factor:
        (flags.isSet('sync-retry-backoff-factor')
          ? flags.integer('sync-retry-backoff-factor')
          : before?.backoff?.factor) ?? 2,
    },
  };
}

/** What was given, what was there, the default. */
function chosen(flags: Flags, name: string, before: string | undefined): string | undefined {
  return flags.isSet(name) ? flags.text(name) : (before ?? flags.text(name));
}
