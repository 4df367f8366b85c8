import { describe, expect, it } from 'vitest';
import type { Pod } from '../../controllers/kinds/pod.ts';
import { decidePlacement } from './decide-placement.ts';

const podOf = (spec: Partial<Pod['spec']>): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', uid: 'u', resourceVersion: '1' },
  spec: { containers: [], ...spec },
});
const volumes = [{ name: 'disk', persistentVolumeClaim: { claimName: 'disk' } }];
const claim = (phase: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'disk', uid: 'c', resourceVersion: '1' },
  spec: {},
  status: { phase },
});

describe('decidePlacement', () => {
  it('binds what fits', () => {
    expect(decidePlacement(podOf({ nodeSelector: { zone: 'a' } }), { zone: 'a' }, () => undefined).bind).toBe(true);
    expect(decidePlacement(podOf({ volumes }), {}, () => claim('Bound')).bind).toBe(true);
  });

  // The words, with their stray ends, are those of the real scheduler 1.36.
  it.each([
    [
      'a selector',
      podOf({ nodeSelector: { zone: 'b' } }),
      undefined,
      "1 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate",
    ],
    ['a missing claim', podOf({ volumes }), undefined, 'persistentvolumeclaim "disk" not found. not found'],
    [
      'an unbound claim',
      podOf({ volumes }),
      claim('Pending'),
      'pod has unbound immediate PersistentVolumeClaims. not found',
    ],
    [
      'a gate',
      podOf({ schedulingGates: [{ name: 'hold' }] }),
      undefined,
      'Scheduling is blocked due to non-empty scheduling gates',
    ],
  ])('is held back by %s', (_, pod, found, message) => {
    expect(decidePlacement(pod, {}, () => found)).toMatchObject({
      bind: false,
      message: expect.stringContaining(message) as string,
    });
  });
});
