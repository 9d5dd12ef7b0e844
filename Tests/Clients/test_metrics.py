"""Prometheus' own parser reads what GET /metrics says."""

import unittest
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

from serving import Server


class MetricsTests(unittest.TestCase):
    def families(self, server):
        with urllib.request.urlopen(server.url + "/metrics", timeout=60) as answer:
            return {family.name: family
                    for family in text_string_to_metric_families(answer.read().decode())}

    def test_figures_are_read_and_grow(self):
        with Server() as server:
            before = self.families(server)
            self.assertEqual(before["dixie_model_loaded"].type, "gauge")
            for _ in range(3):
                status, _ = server.post(
                    "/invocations", {"model_key": "general", "raw_text": "How big", "length": 6})
                self.assertEqual(status, 200)
            after = self.families(server)
            asked = [sample for sample in after["dixie_requests"].samples
                     if sample.labels == {"dialect": "dixie", "model": "general", "status": "200"}]
            self.assertEqual([sample.value for sample in asked], [3])
            first = {sample.labels.get("le"): sample.value
                     for sample in after["dixie_time_to_first_token_seconds"].samples
                     if sample.name.endswith("_bucket")}
            self.assertEqual(first["+Inf"], 3)
            self.assertEqual(sorted(first.values()), list(first.values()))
            for family in after.values():
                self.assertTrue(family.documentation, family.name)
                self.assertIn(family.type, ("counter", "gauge", "histogram"))


if __name__ == "__main__":
    unittest.main()
