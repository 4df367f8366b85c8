import type { ResourceType } from '#libs/kube';

const apps = { group: 'apps', version: 'v1', namespaced: true } as const;
const core = { group: '', version: 'v1', namespaced: true } as const;

export const types = {
  configMap: { ...core, resource: 'configmaps', kind: 'ConfigMap' },
  endpoints: { ...core, resource: 'endpoints', kind: 'Endpoints' },
  claim: { ...core, resource: 'persistentvolumeclaims', kind: 'PersistentVolumeClaim' },
  pod: { ...core, resource: 'pods', kind: 'Pod' },
  secret: { ...core, resource: 'secrets', kind: 'Secret' },
  service: { ...core, resource: 'services', kind: 'Service' },
  namespace: { ...core, resource: 'namespaces', kind: 'Namespace', namespaced: false },
  deployment: { ...apps, resource: 'deployments', kind: 'Deployment' },
  statefulSet: { ...apps, resource: 'statefulsets', kind: 'StatefulSet' },
  job: { group: 'batch', version: 'v1', resource: 'jobs', kind: 'Job', namespaced: true },
} satisfies Record<string, ResourceType>;

export interface MessageApp {
  readonly message: string;
  readonly image: string;
  readonly replicas: number;
}

/** A Deployment that reads its message from a ConfigMap, and a Service before it: one file each, as people write them. */
export function messageApp(folder: string, { message, image, replicas }: MessageApp): Record<string, string> {
  return {
    [`${folder}/configmap.yaml`]: `apiVersion: v1
kind: ConfigMap
metadata: {name: message}
data: {MESSAGE: "${message}"}
`,
    [`${folder}/deployment.yaml`]: `apiVersion: apps/v1
kind: Deployment
metadata: {name: message-app, labels: {app: message-app}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: message-app}}
  strategy: {rollingUpdate: {maxUnavailable: 1, maxSurge: 1}}
  template:
    metadata: {labels: {app: message-app}}
    spec:
      containers:
      - name: web
        image: "${image}"
        ports: [{name: http, containerPort: 5000}]
        env: [{name: MESSAGE, valueFrom: {configMapKeyRef: {name: message, key: MESSAGE}}}]
        resources: {requests: {cpu: 50m, memory: 64Mi}, limits: {cpu: "1", memory: 128Mi}}
`,
    [`${folder}/service.yaml`]: `apiVersion: v1
kind: Service
metadata: {name: message-app}
spec: {selector: {app: message-app}, ports: [{name: http, port: 80, targetPort: http}]}
`,
  };
}

/** Every kind that the requirements name, with the fields in which a careless apply loses something. */
export const everyKind = `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {file.conf: "a = 1\\nb = 2\\n"}
binaryData: {logo.bin: AAECAw==}
---
apiVersion: v1
kind: Secret
metadata: {name: credentials}
stringData: {password: never-shown}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: files}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 100Mi}}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  sessionAffinity: ClientIP
  ports: [{name: http, port: 80, targetPort: http}, {name: dns, port: 53, protocol: UDP, targetPort: 5353}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {checksum/config: "0"}}
    spec:
      terminationGracePeriodSeconds: 5
      securityContext: {runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000}
      initContainers: [{name: prepare, image: "busybox:1", command: [sh, -c, "true"]}]
      containers:
      - name: web
        image: "web:1"
        ports: [{name: http, containerPort: 8080}]
        env:
        - {name: PLAIN, value: "1"}
        - {name: PASSWORD, valueFrom: {secretKeyRef: {name: credentials, key: password}}}
        - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        envFrom: [{configMapRef: {name: settings, optional: true}}]
        resources: {requests: {cpu: 0.05, memory: 64Mi}, limits: {cpu: 1000m, memory: 131072Ki}}
        livenessProbe: {httpGet: {path: /, port: http, httpHeaders: [{name: X-Probe, value: "yes"}]}, periodSeconds: 30}
        volumeMounts: [{name: settings, mountPath: /etc/settings, readOnly: true}, {name: files, mountPath: /files}]
      volumes:
      - {name: settings, configMap: {name: settings, items: [{key: file.conf, path: file.conf, mode: 256}]}}
      - {name: files, persistentVolumeClaim: {claimName: files}}
      tolerations: [{key: dedicated, operator: Exists, effect: NoSchedule}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: 4
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store}
spec:
  serviceName: store
  replicas: 1
  updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 0}}
  selector: {matchLabels: {app: store}}
  template:
    metadata: {labels: {app: store}}
    spec: {containers: [{name: store, image: "store:1"}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {backoffLimit: 1, template: {spec: {restartPolicy: Never, containers: [{name: once, image: "once:1"}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "0 3 * * *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: nightly, image: "nightly:1"}]}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules: [{host: web.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}}]
`;
