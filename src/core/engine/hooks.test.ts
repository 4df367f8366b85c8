import { describe, expect, it } from 'vitest';
import { hookDeletePoliciesOf, hookTypesOf, isHook, isSkipped } from './hooks.ts';

function annotated(annotations: Readonly<Record<string, string>>) {
  return { metadata: { annotations: { ...annotations } } };
}

describe('hooks', () => {
  it.each([
    [{ 'argocd.argoproj.io/hook': 'PreSync, PostSync' }, ['PreSync', 'PostSync'], true],
    [{ 'argocd.argoproj.io/hook': 'Sync,Sync,Nonsense' }, ['Sync'], true],
    [{ 'argocd.argoproj.io/hook': 'Nonsense' }, [], false],
    [{ 'argocd.argoproj.io/hook': 'Skip' }, ['Skip'], false],
    [{ 'argocd.argoproj.io/hook': 'Skip,Sync' }, ['Skip', 'Sync'], true],
    [{ 'argocd.argoproj.io/hook': 'Sync', 'helm.sh/hook': 'pre-install' }, ['Sync'], true],
    [{ 'helm.sh/hook': 'pre-install,pre-upgrade' }, ['PreSync'], true],
    [{ 'helm.sh/hook': 'post-delete' }, ['PostDelete'], true],
    [{ 'helm.sh/hook': 'test-success' }, [], true],
    [{ 'helm.sh/hook': 'crd-install' }, [], false],
    [{}, [], false],
  ])('%j', (annotations, types, expected) => {
    expect(hookTypesOf(annotated(annotations))).toEqual(types);
    expect(isHook(annotated(annotations))).toBe(expected);
  });

  it('Skip counts only alone', () => {
    expect(isSkipped(annotated({ 'argocd.argoproj.io/hook': 'Skip' }))).toBe(true);
    expect(isSkipped(annotated({ 'argocd.argoproj.io/hook': 'Skip,Sync' }))).toBe(false);
  });

  it.each([
    [{}, ['BeforeHookCreation']],
    [{ 'argocd.argoproj.io/hook-delete-policy': 'HookSucceeded,HookFailed' }, ['HookSucceeded', 'HookFailed']],
    [{ 'helm.sh/hook-delete-policy': 'hook-succeeded, before-hook-creation' }, ['HookSucceeded', 'BeforeHookCreation']],
    [
      { 'argocd.argoproj.io/hook-delete-policy': 'HookFailed', 'helm.sh/hook-delete-policy': 'hook-succeeded' },
      ['HookFailed'],
    ],
    [{ 'argocd.argoproj.io/hook-delete-policy': 'Nonsense' }, ['BeforeHookCreation']],
  ])('delete policies of %j', (annotations, policies) => {
    expect(hookDeletePoliciesOf(annotated(annotations))).toEqual(policies);
  });
});
