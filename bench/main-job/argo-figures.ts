/**
 * What Argo CD 3.6 with default settings was measured at on two cores: 1,000 applications x 4 objects of the same kinds, the
 * same thirds, one repository, etcd and API server beside it. Per application where the figure grows with their number.
 */
export const argoFigures = {
  applications: 1000,
  initialSyncSecondsPerApplication: 0.2445,
  cpuMsPerApplication: 347,
  serverCpuMsPerApplication: 123,
  callsPerApplication: 39.9,
  /** It looks at all applications of the repository again, so that the time grows with their number: 23.7 s and 47.8 s. */
  commitToObjectMsPerApplication: 23.7,
  commitToSyncedMsPerApplication: 47.8,
  cpuMsPerCommitPerApplication: 55,
  idleWritesPerMinutePerApplication: (5.4 * 60) / 1000,
  idleCpuPercentPerThousand: 10.1,
  healP50Ms: 195,
  healP90Ms: 270,
  memoryMb: 799,
} as const;
