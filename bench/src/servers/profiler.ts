import { Session, type Profiler } from 'node:inspector';
import { promisify } from 'node:util';

/** How often V8 looks where the program is, in microseconds. */
const INTERVAL = 100;

let session: Session | undefined;

/** Begins to sample where this process spends its time. */
export async function startProfile(): Promise<void> {
  session = new Session();
  session.connect();
  const post = promisify(
    session.post.bind(session) as (method: string, params: object, done: () => void) => void,
  );
  await post('Profiler.enable', {});
  await post('Profiler.setSamplingInterval', { interval: INTERVAL });
  await post('Profiler.start', {});
}

/** Self time in microseconds, by function and place. */
export async function stopProfile(): Promise<Record<string, number>> {
  const profile = await new Promise<Profiler.Profile>((resolve, reject) => {
    session?.post('Profiler.stop', (error, result) => {
      if (error) reject(error);
      else resolve(result.profile);
    });
  });
  session?.disconnect();
  const names = new Map(
    profile.nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      const place = url.replace(/^.*node_modules\//, '').replace(/^file:\/\//, '');
      return [id, `${functionName || '(anonymous)'}|${place}${url && `:${lineNumber + 1}`}`];
    }),
  );
  const spent: Record<string, number> = {};
  profile.samples?.forEach((id, at) => {
    const name = names.get(id) ?? '';
    spent[name] = (spent[name] ?? 0) + (profile.timeDeltas?.[at] ?? 0);
  });
  return spent;
}
