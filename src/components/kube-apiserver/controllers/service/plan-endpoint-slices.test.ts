import { describe, expect, it } from 'vitest';
import type { Pod } from '../kinds/pod.ts';
import type { EndpointSlice, Service } from '../kinds/service.ts';
import { buildSubsets } from './build-endpoints.ts';
import { planEndpointSlices } from './plan-endpoint-slices.ts';

const time = '2026-01-01T00:00:00Z';
const service: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default', uid: 's', resourceVersion: '1' },
  spec: { selector: { app: 'web' }, ports: [{ name: 'h', port: 80, targetPort: 'http' }] },
};

function pod(name: string, ip: string, extra: { ready?: boolean; port?: number; terminating?: boolean } = {}): Pod {
  const { ready = true, port = 8080, terminating = false } = extra;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      resourceVersion: '1',
      ...(terminating ? { deletionTimestamp: time } : {}),
    },
    spec: { nodeName: 'node', containers: [{ name: 'main', ports: [{ name: 'http', containerPort: port }] }] },
    status: { phase: 'Running', podIP: ip, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

function existing(pods: readonly Pod[]): EndpointSlice[] {
  return planEndpointSlices(service, pods, [], time).create.map((slice, n) => {
    const metadata = { ...slice.metadata, name: `web-${n}`, uid: `slice-${n}`, resourceVersion: '1' };
    return { ...slice, metadata } as EndpointSlice;
  });
}

describe('planEndpointSlices', () => {
  it('changes nothing when the slices are right', () => {
    const pods = [pod('a', '10.0.0.1'), pod('b', '10.0.0.2')];
    expect(planEndpointSlices(service, [...pods].reverse(), existing(pods), time)).toEqual({
      create: [],
      update: [],
      delete: [],
    });
  });

  it('keeps one empty slice for a service without pods', () => {
    expect(planEndpointSlices(service, [], [], time).create).toMatchObject([{ endpoints: null, ports: null }]);
    const emptied = planEndpointSlices(service, [], existing([pod('a', '10.0.0.1')]), time);
    expect(emptied.update).toMatchObject([{ endpoints: null }]);
  });

  it('keeps pods apart whose named port has another number', () => {
    const { create } = planEndpointSlices(
      service,
      [pod('a', '10.0.0.1'), pod('b', '10.0.0.2', { port: 9090 })],
      [],
      time,
    );
    expect(create.map((slice) => (slice['ports'] as { port: number }[])[0]?.port)).toEqual([8080, 9090]);
  });

  it('says who is ready, serves, or leaves', () => {
    const pods = [
      pod('a', '10.0.0.1'),
      pod('b', '10.0.0.2', { ready: false }),
      pod('c', '10.0.0.3', { terminating: true }),
    ];
    const [slice] = existing(pods);
    expect(slice?.endpoints?.map(({ conditions }) => conditions)).toEqual([
      { ready: true, serving: true, terminating: false },
      { ready: false, serving: false, terminating: false },
      { ready: false, serving: true, terminating: true },
    ]);
    const [subset] = buildSubsets(service, pods);
    expect(subset?.addresses?.map(({ ip }) => ip)).toEqual(['10.0.0.1']);
    expect(subset?.notReadyAddresses?.map(({ ip }) => ip)).toEqual(['10.0.0.2']);
  });

  it('begins a new slice after a hundred endpoints', () => {
    const pods = Array.from({ length: 150 }, (_, n) => pod(`p${n}`, `10.0.1.${n}`));
    expect(
      planEndpointSlices(service, pods, [], time).create.map((slice) => (slice['endpoints'] as unknown[]).length),
    ).toEqual([100, 50]);
  });
});
