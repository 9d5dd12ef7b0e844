import COpenSSL

/// Whether two byte strings are the same, in a time that depends on their lengths only.
///
/// Lengths are not hidden: hash both first where a secret's length matters.
public func isEqualInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return CRYPTO_memcmp(left, right, left.count) == 0
}
