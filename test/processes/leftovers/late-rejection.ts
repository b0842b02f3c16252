it('rejects after its end', () => {
  setTimeout(() => void Promise.reject(new Error('rejected after a test')), 50);
});
