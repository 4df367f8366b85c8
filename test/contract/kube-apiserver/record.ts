/** Writes down what the real API server answers.   usage: KUBEBUILDER_ASSETS=DIR node test/contract/kube-apiserver/record.ts */
import { crossKinds } from './cross-kinds.ts';
import { writeRecording } from './recording.ts';
import { scenarios } from './scenarios.ts';
import { assets, realTarget } from './targets.ts';

if (assets === undefined) throw new Error('Set KUBEBUILDER_ASSETS to a directory with etcd and kube-apiserver.');
await using target = await realTarget(assets);
writeRecording('kinds', await crossKinds(target.http, 'cross'));
for (const [name, tell] of Object.entries(scenarios)) writeRecording(name, await tell(target.http));
