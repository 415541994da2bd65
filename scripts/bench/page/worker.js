importScripts('wasm_exec.js');
const load = async name => (await fetch(name)).arrayBuffer();
// What the program says as it dies goes to its console: without it the page would wait for results that never come.
const last = [];
console.log = line => { last.push(line); };
(async () => {
	self.image = new Uint8Array(await load('disk.img'));
	const go = new Go();
	go.exit = code => { if (code) postMessage('failed: ' + last.slice(0, 40).join(' | ')); };
	const { instance } = await WebAssembly.instantiate(await load('bench.wasm'), go.importObject);
	await go.run(instance);
})().catch(error => postMessage('failed: ' + error));
