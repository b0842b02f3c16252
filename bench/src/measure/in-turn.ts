/**
 * Measures variants one after the other, in processes of their own, as often as there are lives. The order turns with each life.
 *
 * @returns of every variant the samples: equal positions are pairs
 */
export async function inTurn<Spec, Sample>(
  specs: ReadonlyMap<string, Spec>,
  lives: number,
  measure: (spec: Spec) => Promise<Sample>,
): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>([...specs.keys()].map((name) => [name, []]));
  const variants = [...specs];
  for (let life = 0; life < lives; life++) {
    for (const [name, spec] of life % 2 === 0 ? variants : [...variants].reverse())
      samples.get(name)?.push(await measure(spec));
  }
  return samples;
}
