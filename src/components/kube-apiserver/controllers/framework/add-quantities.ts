import { formatQuantity, parseQuantity } from '#libs/kube';

/** The sum of resource quantities, as Kubernetes writes it. */
export function addQuantities(quantities: readonly string[]): string {
  const parsed = quantities.map(parseQuantity);
  const nano = parsed.reduce((sum, quantity) => sum + quantity.nano, 0n);
  return formatQuantity({ nano, format: parsed[0]?.format ?? 'decimal' });
}
