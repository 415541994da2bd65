importScripts('wasm_exec.js');
const load = async name => (await fetch(name)).arrayBuffer();
(async () => {
	self.bare = true;
	self.image = new Uint8Array(await load('bare64.elf'));
	const go = new Go();
	const { instance } = await WebAssembly.instantiate(await load('peer.wasm'), go.importObject);
	await go.run(instance);
})().catch(error => postMessage('failed: ' + error));
