//! Protocol buffers as far as ONNX needs them: fields of numbers, bytes and messages, in the order in which they are put.
//! Encoding: <https://protobuf.dev/programming-guides/encoding/>; field numbers: `onnx.proto3` of ONNX 1.17.

/// A message under way.
#[derive(Default)]
pub struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    /// A field that holds an integer.
    pub fn int(mut self, field: u64, value: u64) -> Message {
        self.varint(field << 3);
        self.varint(value);
        self
    }

    /// A field that holds bytes or text.
    pub fn bytes(mut self, field: u64, value: &[u8]) -> Message {
        self.varint(field << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend(value);
        self
    }

    /// A field that holds text.
    pub fn text(self, field: u64, value: &str) -> Message {
        self.bytes(field, value.as_bytes())
    }

    /// A field that holds a message.
    pub fn message(self, field: u64, value: &Message) -> Message {
        self.bytes(field, &value.0)
    }

    /// The message's bytes.
    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}
