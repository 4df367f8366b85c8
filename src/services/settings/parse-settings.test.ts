import { describe, expect, it } from 'vitest';
import { defaultSettings, isKindWatched, parseSettings } from './index.ts';

function parse(cm: Record<string, string>, params: Record<string, string> = {}, previous = defaultSettings) {
  return parseSettings({ cm, params, previous });
}

describe('parseSettings', () => {
  it('gives the defaults for nothing, and for the keys of other components', () => {
    expect(parse({})).toEqual({ settings: defaultSettings, problems: [] });
    const foreign = { 'admin.enabled': 'true', 'resource.customizations.ignoreResourceUpdates.all': 'x', url: 'y' };
    expect(parse(foreign, { 'server.insecure': 'true', 'log.format.timestamp': '' }).problems).toEqual([]);
  });

  it('reads tracking, polling, filters and rules', () => {
    const { settings, problems } = parse(
      {
        'application.resourceTrackingMethod': 'annotation+label',
        'timeout.reconciliation': '3m',
        'resource.exclusions': '- apiGroups: ["*"]\n  kinds: [Pod]\n  clusters: ["*"]\n',
        'resource.customizations.ignoreDifferences.apps_Deployment': 'jsonPointers: [/spec/replicas]\n',
        'resource.customizations.ignoreDifferences.all': 'managedFieldsManagers: [kcm]\n',
        'resource.compareoptions': 'ignoreResourceStatusField: off\nignoreAggregatedRoles: true\n',
      },
      { 'application.namespaces': 'team-*, other', 'controller.self.heal.backoff.cap.seconds': '60' },
    );
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({
      tracking: { method: 'annotation+label' },
      pollIntervalMs: 180_000,
      compare: { ignoreStatus: 'none', ignoreAggregatedRoles: true },
      ignoreRules: [
        { group: 'apps', kind: 'Deployment', jsonPointers: ['/spec/replicas'] },
        { group: '*', kind: '*', managedFieldsManagers: ['kcm'] },
      ],
      applicationNamespaces: ['team-*', 'other'],
      selfHealBackoff: { capMs: 60_000 },
    });
    expect(isKindWatched({ group: '', kind: 'Pod' }, 'c', settings)).toBe(false);
    expect(isKindWatched({ group: '', kind: 'Event' }, 'c', settings)).toBe(false);
    expect(isKindWatched({ group: 'apps', kind: 'Deployment' }, 'c', settings)).toBe(true);
  });

  it('names what it cannot use, and keeps the rest', () => {
    const { problems } = parse({
      nonsense: '1',
      'timeout.reconciliation': 'soon',
      'resource.exclusions': 'a: [',
      'application.resourceTrackingMethod': 'magic',
      'application.sync.impersonation.enabled': 'true',
    });
    expect(problems.map(({ key, code }) => `${code} ${key}`).sort()).toEqual([
      'invalid application.resourceTrackingMethod',
      'invalid resource.exclusions',
      'invalid timeout.reconciliation',
      'not-implemented application.sync.impersonation.enabled',
      'unknown nonsense',
    ]);
  });
});
