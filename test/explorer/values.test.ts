import { runInThisContext } from 'node:vm';
import { expect } from 'chai';
import { findInvalid, InvalidJson, parseJson, toJsonText } from '../../src/explorer/page/form/json-text';
import { problemsOf, problemsWithin } from '../../src/explorer/page/form/problems';
import { toSource } from '../../src/explorer/page/send/to-source';
import { sizeText } from '../../src/explorer/page/timeline/bytes';
import { previewOf } from '../../src/explorer/page/timeline/preview';

/** Runs what was written as code. */
const evaluate = (source: string): unknown => runInThisContext(source) as unknown;

describe('the explorer', () => {
  it('writes values as code that gives them', () => {
    const values: unknown[] = [
      'it\'s "quoted" with \\ and \n and \\"',
      1,
      null,
      [],
      {},
      { name: 'Ada', 'not a name': [1, [2], { deep: true }], text: 'x'.repeat(100) },
    ];
    for (const value of values) expect(evaluate(`(${toSource(value)})`)).to.deep.equal(value);
    expect(evaluate(toSource(Uint8Array.from([0, 255])))).to.deep.equal(Uint8Array.from([0, 255]));
    expect(toSource({ name: 'Ada', left: undefined })).to.equal("{ name: 'Ada' }");
  });

  it('keeps binary data in JSON', () => {
    const bytes = Uint8Array.from([0, 1, 255]);
    expect(toJsonText({ bytes })).to.equal('{"bytes":{"$hex":"0001ff"}}');
    expect(parseJson('{"bytes":{"$hex":"0001ff"}}')).to.deep.equal({ bytes });
    for (const text of ['{"$hex":"0"}', '{"$hex":"zz"}', '{"$hex":"00","more":1}', '{"$hex":1}'])
      expect(parseJson(text)).to.deep.equal(JSON.parse(text));
  });

  it('finds a text that is no JSON, wherever it is', () => {
    const invalid = parseJson('{');
    expect(invalid).to.be.instanceOf(InvalidJson);
    expect(findInvalid([{ deep: [invalid] }])).to.equal(invalid);
    expect(findInvalid([{ deep: [1, null, new Uint8Array(2)] }])).to.equal(undefined);
  });

  it('finds the fields of problems, however a validator writes their paths', () => {
    const data = [
      { field: 'items[0].name', message: 'too short' },
      { field: 'items.0.name', message: 'no text' },
      { field: '', type: 'object' },
      { field: "['a'].b", message: 'wrong' },
      {},
    ];
    expect([...problemsOf({ code: 422, data })]).to.deep.equal([
      ['items.0.name', ['too short', 'no text']],
      ['', ['object', 'It is not valid.']],
      ['a.b', ['wrong']],
    ]);
    expect(problemsOf({ code: 403, data }).size).to.equal(0);
    for (const error of [undefined, null, 'text', { code: 422, data: 'text' }])
      expect(problemsOf(error).size).to.equal(0);
    expect(problemsWithin(problemsOf({ code: 422, data }), 'items')).to.deep.equal([
      'items.0.name: too short',
      'items.0.name: no text',
    ]);
  });

  it('shows what is large in one short line', () => {
    const large = { list: Array.from({ length: 1e5 }, (_, index) => index), text: 'x'.repeat(1e6) };
    expect(previewOf([large]).length).to.be.below(200);
    expect(previewOf(['Ada', 1, new Uint8Array(1500)])).to.equal('"Ada", 1, ‹1.5 KB binary›');
    let deep: unknown = 1;
    for (let depth = 0; depth < 1e5; depth++) deep = [deep];
    expect(previewOf([deep])).to.equal('[[[[1]]]]');
    expect(previewOf([{ ['__proto__']: 1, none: undefined, empty: {} }])).to.include('empty: {}');
  });

  it('says sizes as people read them', () => {
    expect([0, 1, 999, 1000, 1_500_000].map(sizeText)).to.deep.equal([
      '0 bytes',
      '1 byte',
      '999 bytes',
      '1.0 KB',
      '1.5 MB',
    ]);
  });
});
