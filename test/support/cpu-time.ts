/** Returns the CPU time, in milliseconds, that the process takes for something. Other processes do not count. */
export async function cpuTimeOf(run: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
