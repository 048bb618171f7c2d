
/*
 * Copyright (C) ngx_tender_module contributors
 */


/* public keys, each with a token that was signed before its key was lost */

static const struct {
    const char        *name;
    const char        *pem;
    const char        *token;
} fuzz_public[] = {
    { "RS256",
      "-----BEGIN PUBLIC KEY-----\n"
      "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvvmyHqt5S3sS1yfPHNkM\n"
      "ztGIPh4WBAwhPmxGNknUiz5Dwg5V5adOvBlcEzQnstYHQyfqOIgVTl9ULFdvpO+E\n"
      "sgGE9ZJpyoKuxREeTtSj+eG+yJGtZR4rqEoPod0jvfvzyor2HF1lS0Lrvk6heu/r\n"
      "La2PiE1u655yXHQFomAfLeRI4jo+my+cDaI88ysMr2IxNpsss3NrNrSRHMnXL8Sv\n"
      "nJrKb2LZjectaoTiS7iBF60Fh9hlHN7K3pEeGcg102f/nBSk1pLO7VRzWgIFO2sY\n"
      "w59fxN5EBo+H/UfhFW484g42EtxmhND9iiwvjFE5AEABbcjbNd1n4lxJdSJ10M/7\n"
      "2wIDAQAB\n"
      "-----END PUBLIC KEY-----\n",
      "eyJhbGciOiJSUzI1NiIsImtpZCI6ImswIiwidHlwIjoiSldUIn0.eyJleHAiOjI1"
      "MjQ2MDgwMDAsInN1YiI6MjJ9.N7Orh43Uk2DPeKfmKQcHgrh57Ru_vuHtkNj2TUy"
      "Lvmj7ECaU2U11Agl6YU3rh5l6O4M1P6T5GowF46ICAR2xmwQNd3inUnYPsDHKlPG"
      "8r0OKLhI7_xVvEQJOlZggqrd3FfVSkxhJL8bpEP9qZ5XJSmhGfKEqsuRsXG90EsY"
      "5LpKH0JmuayyH9VL-kuteB9bp8J5eXSti7rK_zD1eL7mN_oD9ufG4kGgz5By7ujP"
      "V2EY93dMFQPr7oKiIsmE6-ffpFg2kPhGSY9zM7KzAHXfbg46tv0AvW_tKVFJYItV"
      "7v_meemxFH53_CWxIVX4x0olKtbsjsThhZrMX27LJCW4_TA" },

    { "PS256",
      "-----BEGIN PUBLIC KEY-----\n"
      "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvvmyHqt5S3sS1yfPHNkM\n"
      "ztGIPh4WBAwhPmxGNknUiz5Dwg5V5adOvBlcEzQnstYHQyfqOIgVTl9ULFdvpO+E\n"
      "sgGE9ZJpyoKuxREeTtSj+eG+yJGtZR4rqEoPod0jvfvzyor2HF1lS0Lrvk6heu/r\n"
      "La2PiE1u655yXHQFomAfLeRI4jo+my+cDaI88ysMr2IxNpsss3NrNrSRHMnXL8Sv\n"
      "nJrKb2LZjectaoTiS7iBF60Fh9hlHN7K3pEeGcg102f/nBSk1pLO7VRzWgIFO2sY\n"
      "w59fxN5EBo+H/UfhFW484g42EtxmhND9iiwvjFE5AEABbcjbNd1n4lxJdSJ10M/7\n"
      "2wIDAQAB\n"
      "-----END PUBLIC KEY-----\n",
      "eyJhbGciOiJQUzI1NiIsImtpZCI6ImsxIiwidHlwIjoiSldUIn0.eyJleHAiOjI1"
      "MjQ2MDgwMDAsInN1YiI6MjJ9.db0El3haHAx0NHKp6ajkUOWJYZxVntxDhixEwEZ"
      "gL0COs6cyC3bgxCOc4WlG5rbSHWdOu73xIFRFPEAC_a2gzU4e0wD2c1Owjb7S_lP"
      "BzL8HUPO1nZaPG9bSvXOQnhJXvpF1uxEIyncL1TNC91FatwlJvFWnQ4GB2ov3pgH"
      "VIiUfJ9cL34ea_A3abxe-vR0tC_wJwWbW-VyC_a2dCMYas5LOHrexDLXWaAAV0K0"
      "4dD1fgCZo7aLuGJ6SbyexMoPIxSD5nEmIDrU5FzS-77yGQPBGe1DJBOlKGxeV5vS"
      "nVUhLJ9JDz_1NjDF9HWq1QbpZ9tiQGxVRpqcFMSbjM2IooA" },

    { "ES256",
      "-----BEGIN PUBLIC KEY-----\n"
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEuX8BE3iyLv+0JT67oYhAt8NEotZH\n"
      "Fiz+wZn0OeS8r+uxo6BDkDx4cYT/Ocb4kF3GL2j41gHw45CntKi2nWlrAQ==\n"
      "-----END PUBLIC KEY-----\n",
      "eyJhbGciOiJFUzI1NiIsImtpZCI6ImsyIiwidHlwIjoiSldUIn0.eyJleHAiOjI1"
      "MjQ2MDgwMDAsInN1YiI6MjJ9.tmV8cUeExBpgsAAEkjSl3UL4OGObTqB8ZGOvCLJ"
      "bnR5TclPCXrM-9Mw3QUxw1WIkL4MSBoWvbUBYx3jN07a_fg" },

    { "ES384",
      "-----BEGIN PUBLIC KEY-----\n"
      "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE3podGL6g1HLPjY487295rFDFAlLH3p+X\n"
      "hXyudmoIrOeoPR/iLJO7VYmEFmc0m1cgEo6l58Mq/x4lVBLCSaWd2JA/fnXWakTL\n"
      "2yOwtEYKyZ3pMM1QG5KTJwCEG3Sd6QwH\n"
      "-----END PUBLIC KEY-----\n",
      "eyJhbGciOiJFUzM4NCIsImtpZCI6ImszIiwidHlwIjoiSldUIn0.eyJleHAiOjI1"
      "MjQ2MDgwMDAsInN1YiI6MjJ9.zjeT4sKbafl-SLDinc9qKguAsXFfTNH_2UVQrVT"
      "ihn4ZHZkyCb__6-fAF2yQvyJa66sQD_X77wNgdi1m_MlNDj_SOPPuiGD6Pda_Cjw"
      "sfilmZGIpLF5iCuxPxCd8L7XS" },

    { "EdDSA",
      "-----BEGIN PUBLIC KEY-----\n"
      "MCowBQYDK2VwAyEAT02AROPnpfBKknQ31AgZEHYiMvgOWy5LjA+wY8ZQr6Q=\n"
      "-----END PUBLIC KEY-----\n",
      "eyJhbGciOiJFZERTQSIsImtpZCI6Ims0IiwidHlwIjoiSldUIn0.eyJleHAiOjI1"
      "MjQ2MDgwMDAsInN1YiI6MjJ9.l0nlERDu8yZuZ2vQwxE_f77JOdotFCnRfgVo7dT"
      "8h3fgBM3jxkdlek7k1c1AKODmWbOShjqbDjZCZfrblB13DA" },

    { "EdDSA",
      "-----BEGIN PUBLIC KEY-----\n"
      "MEMwBQYDK2VxAzoAlz2EmxpCi3cRYGTJL+6kayb7W3XPBTVqY8Wv2puAnJOBaqmI\n"
      "rXVTRMVuBtrWrK9XyVNsIw4yx/+A\n"
      "-----END PUBLIC KEY-----\n",
      "eyJhbGciOiJFZERTQSIsImtpZCI6Ims1IiwidHlwIjoiSldUIn0.eyJleHAiOjI1"
      "MjQ2MDgwMDAsInN1YiI6MjJ9.Ccus-QTl8u2kIh7mCpU3-AxY0N9-UobiI45E593"
      "LeYWvCSImFwaLYuhRKHSxoFHR0M0XuJgrot2ABOlsPvPvXYacmWx2tlggzgNzsTx"
      "dZUH4rsDvt3a40qAZJJzGFoIj7VBgMAWmAj8kbTifiVYUzicA" }
};
