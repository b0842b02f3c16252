import { withCluster } from '../measure/clustering';
import { compareProfiles, profileWhile, type Profile } from './compare-profiles';

/** Profiles broadcasts of three nodes, and prints what each way between them spends beyond the first. */
export async function profileClustering(ways: ReadonlyMap<string, string>, count: number): Promise<void> {
  let floor: Profile | undefined;
  for (const [way, name] of ways) {
    const profile = await withCluster(way, async (cluster, push) => {
      await push(count);
      return profileWhile(cluster.nodes, count, () => push(count));
    });
    if (!profile) {
      console.log('The cluster is not profiled: redis-server is not installed.');
      return;
    }
    if (floor) console.log(compareProfiles('A broadcast of three nodes', 'broadcast', floor, profile, name));
    floor ??= profile;
  }
}
