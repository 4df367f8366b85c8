import { describe, expect, it } from 'vitest';
import type { Application, ApplicationSpec } from '#core/api';
import { buildDefaultProject } from '#services/projects';
import { resolveDeletionScope, resolveScope } from './resolve-scope.ts';

const server = 'https://kubernetes.default.svc';
const clusters = [
  { server, name: 'in-cluster', project: undefined, connection: undefined },
  { server: 'https://one', name: 'twin', project: undefined, connection: undefined },
  { server: 'https://two', name: 'twin', project: undefined, connection: undefined },
];
const source = { repoURL: 'https://git.example.com/a', path: 'x' };

function messages(spec: Partial<ApplicationSpec>, namespace = 'argocd'): readonly string[] {
  const application: Application = {
    metadata: { name: 'a', namespace },
    spec: { project: 'default', destination: { server, namespace: 'n' }, source, ...spec },
  };
  const project = buildDefaultProject('argocd');
  const narrow = {
    ...project,
    metadata: { name: 'narrow' },
    spec: { sourceRepos: ['https://else/*'], destinations: [] },
  };
  const answer = resolveScope({
    application,
    controlNamespace: 'argocd',
    findProject: (name) => (name === 'default' ? project : name === 'narrow' ? narrow : undefined),
    clusters,
  });
  return 'findings' in answer ? answer.findings.map(({ message }) => message) : [];
}

describe('resolveScope', () => {
  it('accepts what the project permits', () => {
    expect(messages({})).toEqual([]);
    expect(messages({ project: '' })).toEqual([]);
    expect(messages({ destination: { name: 'in-cluster', namespace: 'n' } })).toEqual([]);
  });

  it('says what it cannot follow', () => {
    expect(messages({ project: 'nope' })).toEqual(['Application referencing project nope which does not exist']);
    expect(messages({ destination: { server, name: 'in-cluster' } })[0]).toContain("can't have both name and server");
    expect(messages({ destination: { name: 'twin' } })).toEqual([
      'there are 2 clusters with the same name: [https://one https://two]',
    ]);
    expect(messages({ destination: { name: 'none' } })).toEqual(['there are no clusters with this name: none']);
    expect(messages({ source: { repoURL: '' } })[0]).toContain('are required');
    expect(messages({ source: { repoURL: 'https://x', chart: 'c' } })[0]).toContain('targetRevision is required');
    expect(messages({ project: 'narrow' })).toHaveLength(2);
    expect(messages({}, 'team')[0]).toContain('is not permitted to use project');
  });
});

describe('resolveDeletionScope', () => {
  const project = buildDefaultProject('argocd');
  const findProject = (name: string) =>
    name === 'default' ? { ...project, spec: { ...project.spec, sourceRepos: ['https://else/*'] } } : undefined;

  function resolve(spec: Partial<ApplicationSpec>) {
    const destination = { server, namespace: 'n' };
    const application = {
      metadata: { name: 'a', namespace: 'argocd' },
      spec: { project: '', destination, source, ...spec },
    };
    return resolveDeletionScope({ application, controlNamespace: 'argocd', findProject, clusters });
  }

  it('does not mind sources that the project permits no more', () => {
    expect(resolve({})).toHaveProperty('scope.entry.name', 'in-cluster');
  });

  it('waits for the project, and for no destination that is gone', () => {
    expect(resolve({ project: 'none' })).toEqual({
      waitsFor: 'Application referencing project none which does not exist',
    });
    expect(resolve({ project: 'none', destination: { name: 'none' } })).toEqual({ isDestinationGone: true });
  });
});
