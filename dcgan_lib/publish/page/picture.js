// A face as a PNG file that says what it is: in its picture, and in what programs read of it.

const MARK = "A generated face: nobody looks like this.";

// IPTC's word for it, which editors and platforms look for.
const XMP = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
/></rdf:RDF></x:xmpmeta>`;

// A canvas with a line of text below the face → the bytes of a PNG with both marks.
async function markedPng(face, caption) {
  const strip = 36, side = face.width;
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side + strip });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fffdf9";
  pen.fillRect(0, 0, side, side + strip);
  pen.drawImage(face, 0, 0);
  pen.fillStyle = "#3c352c";
  pen.font = "16px system-ui, sans-serif";
  pen.textBaseline = "middle";
  pen.fillText(caption, 12, side + strip / 2, side - 24);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const header = 33; // signature and IHDR, which come first
  const chunks = [
    chunk("tEXt", `Description\0${MARK} ${caption}`),
    chunk("iTXt", `XML:com.adobe.xmp\0\0\0\0\0${XMP}`),
  ];
  return new Blob([bytes.subarray(0, header), ...chunks, bytes.subarray(header)], { type: "image/png" });
}

// One chunk of a PNG: length, kind, contents, check sum.
function chunk(kind, text) {
  const body = new TextEncoder().encode(kind + text);
  const bytes = new Uint8Array(body.length + 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, body.length - 4);
  bytes.set(body, 4);
  view.setUint32(body.length + 4, checkSum(body));
  return bytes;
}

// CRC-32, as the PNG specification has it.
function checkSum(bytes) {
  let sum = -1;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
