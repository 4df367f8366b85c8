import type { ControllerContext } from '../framework/context.ts';
import { fnv32a } from '../framework/hash-template.ts';
import { watchObjects } from '../framework/watch-owner.ts';
import type { LiveObject } from '../kinds/live-object.ts';
import { isTerminating } from '../kinds/live-object.ts';
import { ingresses, services } from '../kinds/resources.ts';

interface Balanced extends LiveObject {
  status?: { loadBalancer?: { ingress?: object[] } };
}

/** Of the block kept for documentation (RFC 5737): no packet ever goes there by mistake. */
function simulatedAddress(uid: string): string {
  return `192.0.2.${(fnv32a(uid) % 254) + 1}`;
}

/** Gives Services of type LoadBalancer and Ingresses an address, so that what waits for one goes on. Nothing answers there. */
export function startLoadBalancerSimulation(context: ControllerContext): void {
  const { cluster } = context;
  const events = context.eventsOf('service-controller');
  const serviceCache = cluster.cache(services);
  const serviceLoop = context.startLoop({
    name: 'load-balancer-simulation',
    async reconcile(key, signal) {
      const service = serviceCache.byKey(key);
      if (!service || isTerminating(service) || service.spec.loadBalancerClass) return undefined;
      const wants = service.spec.type === 'LoadBalancer';
      const has = hasAddress(service);
      if (wants === has) return undefined;
      const loadBalancer = wants
        ? { ingress: [{ ip: simulatedAddress(service.metadata.uid), ipMode: 'VIP' as const }] }
        : {};
      const changed = await cluster.updateStatus(
        services,
        { ...service, status: { ...service.status, loadBalancer } },
        { signal },
      );
      if (wants)
        events.record(changed, {
          type: 'Normal',
          reason: 'EnsuredLoadBalancer',
          message: 'Ensured load balancer (simulated)',
        });
      return undefined;
    },
  });
  watchObjects(serviceCache, serviceLoop);

  const ingressCache = cluster.cache(ingresses);
  const ingressLoop = context.startLoop({
    name: 'ingress-simulation',
    async reconcile(key, signal) {
      const ingress = ingressCache.byKey(key);
      if (!ingress || isTerminating(ingress) || hasAddress(ingress)) return undefined;
      const status = { loadBalancer: { ingress: [{ ip: simulatedAddress(ingress.metadata.uid) }] } };
      await cluster.updateStatus(ingresses, { ...ingress, status }, { signal });
      return undefined;
    },
  });
  watchObjects(ingressCache, ingressLoop);
}

function hasAddress(object: Balanced): boolean {
  return (object.status?.loadBalancer?.ingress ?? []).length > 0;
}
