import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testGateway } from 'moleculer-socket-gateway/testing';
import { NotesGateway } from './notes.gateway';

describe('the notes', () => {
  it('are shown to the others', async () => {
    const notes = await testGateway(NotesGateway);
    const ada = await notes.connect({ auth: { name: 'ada' } });
    const ben = await notes.connect({ auth: { name: 'ben' } });
    await ada.emit('write', { text: 'Tea is ready.' });
    const [note] = await ben.received<[{ text: string; from: string }]>('note');
    assert.equal(note.text, 'Tea is ready.');
    assert.equal(note.from, 'ada');
    await notes.settled();
    assert.deepEqual(ada.events, []);
    await notes.close();
  });

  it('are refused without a text, and from somebody without a name', async () => {
    const notes = await testGateway(NotesGateway);
    const ada = await notes.connect({ auth: { name: 'ada' } });
    await assert.rejects(ada.emit('write', { text: '' }), { code: 422 });
    await assert.rejects(notes.connect({ auth: {} }), { code: 401 });
    await notes.close();
  });
});
