import Crypto
import Foundation
import Testing

@testable import Fetch

@Suite struct ResponseHeadTests {
    @Test func namesAreFoundInAnyCase() {
        let head = ResponseHead(status: 200, headers: ["CONTENT-length": " 12 "])
        #expect(head["content-length"] == "12")
        #expect(head.contentLength == 12)
    }

    @Test(arguments: ["-1", "+1", "1.5", "", "0x10", "99999999999999999999", "１"])
    func lengthThatIsNoNaturalNumberIsNone(text: String) {
        #expect(ResponseHead(status: 200, headers: ["content-length": text]).contentLength == nil)
    }

    @Test func rangeIsRead() throws {
        let head = ResponseHead(status: 206, headers: ["Content-Range": "bytes 5-9/10"])
        let range = try #require(head.contentRange)
        #expect(range.first == 5)
        #expect(range.total == 10)
    }

    @Test(arguments: [
        "bytes 5-9", "bytes */10", "bytes 9-5/10", "bytes 5-10/10", "items 5-9/10", "bytes -9/10",
        "bytes 5--9/10", "bytes 5-9/x", "",
    ])
    func rangeThatIsNoneIsNotRead(text: String) {
        let head = ResponseHead(status: 206, headers: ["Content-Range": text])
        #expect(head.contentRange == nil)
    }

    @Test func strongTagIsAValidatorAndAWeakOneIsNot() {
        let date = "Tue, 05 Nov 2019 10:00:00 GMT"
        #expect(ResponseHead(status: 200, headers: ["ETag": "\"a\""]).validator == "\"a\"")
        #expect(ResponseHead(status: 200, headers: ["ETag": "W/\"a\""]).validator == nil)
        #expect(ResponseHead(status: 200, headers: ["ETag": "\"\""]).validator == nil)
        #expect(ResponseHead(status: 200, headers: ["Last-Modified": date]).validator == nil)
        #expect(
            ResponseHead(status: 200, headers: ["Last-Modified": date, "Date": date]).validator
                == nil)
    }

    @Test func onlyATagOfSixtyFourDigitsIsADigest() {
        let digits = String(repeating: "ab", count: 32)
        let head = ResponseHead(
            status: 200, headers: ["A": "\"\(digits)\"", "B": digits, "C": "\"\(digits)0\""])
        #expect(head.digest(inTag: "a")?.hexadecimal == digits)
        #expect(head.digest(inTag: "b")?.hexadecimal == digits)
        #expect(head.digest(inTag: "c") == nil)
        #expect(head.digest(inTag: "d") == nil)
    }

    @Test func pagesAreKnownByTheirStart() {
        #expect(pageKind(ofBody: Data("\n <HTML>".utf8)) == "HTML")
        #expect(pageKind(ofBody: Data("<?xml".utf8)) == "XML")
        #expect(pageKind(ofBody: Data("{\"a\": \"<html>\"}".utf8)) == nil)
        #expect(pageKind(ofBody: Data("<|endoftext|>".utf8)) == nil)
        #expect(pageKind(ofBody: Data([0xFF, 0xFE, 0x00])) == nil)
        #expect(pageKind(ofBody: Data()) == nil)
    }
}
