#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# JSON Web Tokens and the keys of the configuration: what is taken, and that
# whatever is wrong with another is refused with one and the same answer.

use strict;
use warnings;

use File::Temp ();
use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Jwt;
use Tender::Test;


my $dir = File::Temp->newdir('tender-XXXXXXXX', TMPDIR => 1);
my $far = 2_524_608_000;
my %key;


sub file {
    my ($name, $text) = @_;

    open my $fh, '>:raw', "$dir/$name" or die "$name: $!";
    print $fh $text;
    close $fh;

    return "$dir/$name";
}


# a key of each algorithm; RS* and PS* are one key, so that nothing but the
# algorithm tells them apart

my $rsa = jwt_key('RS256', "$dir");

$key{"HS$_"} = jwt_secret("HS$_", "secret $_ " x 8) for 256, 384, 512;
$key{$_} = { %$rsa, alg => $_ } for qw(RS256 RS384 RS512 PS256 PS384 PS512);
$key{$_} = jwt_key($_, "$dir") for qw(ES256 ES384 EdDSA Ed448);

my %other = (HS256 => jwt_secret('HS256', 'x' x 32),
             HS384 => jwt_secret('HS384', 'x' x 48),
             HS512 => jwt_secret('HS512', 'x' x 64),
             map({ $_ => jwt_key($_, "$dir") }
                 qw(RS256 ES256 ES384 EdDSA Ed448)));

$other{$_} ||= { %{ $other{RS256} }, alg => $_ } for keys %key;

my @lines;

for my $name (sort keys %key) {
    my $text = $key{$name}{pem} // $key{$name}{secret};

    push @lines, 'tender_jwt_key ' . file("key.$name", $text)
                 . " alg=$key{$name}{alg} kid=$name;";
}

my %set = map { $_ => jwk($key{$_}, kid => "set-$_") } keys %key;

file('set.json', JSON::PP->new->utf8->encode({
    keys => [map({ $set{$_} } sort keys %set),
             { kty => 'EC', crv => 'secp256k1', kid => 'unknown' }] }));

my $plain = jwt_secret('HS256', 'of who sends no kid ' x 2);
my $older = jwt_secret('HS256', 'and of who sent none before');

$older->{secret} .= ' that';

push @lines, "tender_jwt_jwks $dir/set.json iss=https://id.example aud=here;",
     'tender_jwt_key ' . file('plain', $plain->{secret}) . ' alg=HS256;',
     'tender_jwt_key ' . file('older', "$older->{secret}\n") . ' alg=HS256;',
     'tender_jwt_key ' . file('pem', $key{ES384}{pem}) . ';',
     'tender_jwt_key ' . file('pem.2', $key{RS256}{pem}) . ';';

# what OpenSSL says of a signature must not be taken for an error of the
# connection to the store

my $t = access_test(http => join("\n", @lines), redis => { tls => 1 },
                    location => <<'END');
        location /who/ {
            tender_auth bearer;
            tender_auth_cache off;
            alias %%DIR%%/;
            add_header X-Who "$tender_principal $tender_auth_method";
            add_header X-Scopes "$tender_scopes";
        }

        location /cached/ {
            tender_auth bearer;
            tender_auth_cache 1h;
            alias %%DIR%%/;
        }
END

$t->allow_errors(qr/\[warn\] .* key \d+ of "\S+set.json" is left out/);
$t->write_file('page', 'for who is known');

account($t, id => 22);
account($t, id => 123456789, tenant => 'acme',
        scopes => ['read', 'Account:update']);


my ($answer, @tokens, $refused, $taken);


sub ask {
    my ($token) = @_;

    push @tokens, $token;

    return $t->get('/who/page', { Authorization => "Bearer $token" });
}


sub taken {
    my ($token, $name, $who) = @_;

    my $r = ask($token);

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is($r->status . ' ' . ($r->header('X-Who') // ''),
       '200 ' . ($who // '22@default') . ' bearer', $name)
        or diag($r->body);
    $taken++;

    return $r;
}


# one answer for all of them

sub refused {
    my ($token, $name) = @_;

    my $r    = ask($token);
    my $text = join "\n", $r->status, $r->header('WWW-Authenticate') // '',
                    $r->header('X-Who') // '', $r->body;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    if (!defined $answer) {
        $answer = $text;

        is($r->status, 401, $name);
        like($r->header('WWW-Authenticate'),
             qr/^Bearer .*error="invalid_token"/, 'with its challenge');
        return;
    }

    is($text, $answer, $name);
    $refused++;
}


# a token of the key without a kid

sub claims {
    my (%claims) = @_;

    return jwt($plain, { sub => 22, exp => $far, %claims });
}


sub header {
    my ($header) = @_;

    return jwt($plain, { sub => 22, exp => $far }, $header);
}


sub parts { split /\./, $_[0] }


# -- each algorithm

refused(claims(sub => 99), 'an account that is not there');

for my $name (sort keys %key) {
    my $key   = $key{$name};
    my $good  = jwt($key, { sub => 22, exp => $far }, { kid => $name });
    my @parts = parts($good);

    taken($good, "$name: good");
    taken(jwt($key, { sub => 22, exp => $far, iss => 'https://id.example',
                      aud => 'here' }, { kid => "set-$name" }),
          "$name: good, of the set");

    refused(jwt($other{$name}, { sub => 22, exp => $far }, { kid => $name }),
            "$name: by another key");
    refused(jwt($key, { sub => 22, exp => $far }, { kid => "$name-2" }),
            "$name: an unknown kid");
    refused(jwt($key, { sub => 22, exp => $far }, { kid => lc "$name-" }),
            "$name: a kid that is almost it");

    my $bytes = Tender::Jwt::signature($key, "$parts[0].$parts[1]");

    for my $case (
        [ 'a bit of its end', $bytes ^ ("\0" x (length($bytes) - 1) . "\1") ],
        [ 'a bit of its start', $bytes ^ "\x80" ],
        [ 'a byte less', substr $bytes, 0, -1 ],
        [ 'a byte less in front', substr $bytes, 1 ],
        [ 'a byte more', "$bytes\0" ],
        [ 'a byte more in front', "\0$bytes" ],
        [ 'half of it', substr $bytes, 0, length($bytes) / 2 ],
        [ 'twice', "$bytes$bytes" ],
        [ 'zeros', "\0" x length $bytes ],
        [ 'ones', "\xff" x length $bytes ],
        [ 'a byte', "\0" ],
    ) {
        refused("$parts[0].$parts[1]." . b64url($case->[1]),
                "$name: signature: $case->[0]");
    }

    refused("$parts[0].$parts[1].", "$name: no signature");
    refused(join('.', $parts[0], b64url('{"exp":2524608000,"sub":23}'),
                 $parts[2]), "$name: other claims");
    refused(join('.', b64url(qq({"alg":"$key->{alg}","kid":"$name"})),
                 @parts[1, 2]), "$name: another header");

    # no key has a second algorithm, whatever its kind

    for my $alg (qw(HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512
                    ES256 ES384 EdDSA none None NONE nOnE))
    {
        next if $alg eq $key->{alg};

        refused(join('.', b64url(qq({"alg":"$alg","kid":"$name"})),
                     @parts[1, 2]), "$name: says $alg");
    }

    for my $alg (qw(HS256 RS256 PS256 ES256 EdDSA none)) {
        next if $alg eq $key->{alg};

        refused(jwt($key, { sub => 22, exp => $far },
                    qq({"alg":"$alg","kid":"$name"})),
                "$name: signed with what it has, says $alg");
    }
}


# -- one algorithm for another

for my $name (grep { $key{$_}{pem} } sort keys %key) {
    my $der = $key{$name}{pem} =~ s/-----.*-----\n//gr;

    for my $text ($key{$name}{pem}, $key{$name}{pem} =~ s/\n\z//r, $der) {
        for my $hs (qw(HS256 HS384 HS512)) {
            refused(jwt(jwt_secret($hs, $text), { sub => 22, exp => $far },
                        { kid => $name }),
                    "$hs with what is public of $name");
        }
    }
}

for my $bits (256, 384, 512) {
    for my $case ([ 'RS', 'PS' ], [ 'PS', 'RS' ]) {
        my ($name, $by) = map { "$_$bits" } @$case;
        my $input = join '.', map { b64url($_) }
                              qq({"alg":"$name","kid":"$name"}),
                              qq({"exp":$far,"sub":22});

        refused("$input." . b64url(Tender::Jwt::signature($key{$by}, $input)),
                "$name: signed as $by");
    }

    for my $salt (0, 20, $bits / 8 - 1, $bits / 8 + 1) {
        refused(jwt({ %{ $key{"PS$bits"} }, salt => $salt },
                    { sub => 22, exp => $far }, { kid => "PS$bits" }),
                "PS$bits: $salt bytes of salt");
    }

    taken(jwt({ %{ $key{"PS$bits"} }, salt => $bits / 8 },
              { sub => 22, exp => $far }, { kid => "PS$bits" }),
          "PS$bits: as many as the digest has");
}

for my $case ([ 'ES256', 32, 'FFFFFFFF00000000FFFFFFFFFFFFFFFF'
                             . 'BCE6FAADA7179E84F3B9CAC2FC632551' ],
              [ 'ES384', 48, 'F' x 48 . 'C7634D81F4372DDF'
                             . '581A0DB248B0A77AECEC196ACCC52973' ])
{
    my ($name, $size, $order) = @$case;
    my $good  = jwt($key{$name}, { sub => 22, exp => $far },
                    { kid => $name });
    my $input = join '.', (parts($good))[0, 1];
    my $bytes = Tender::Jwt::signature($key{$name}, $input);
    my ($r, $s) = (substr($bytes, 0, $size), substr $bytes, $size);
    my $zero  = "\0" x $size;
    my $n     = pack 'H*', $order;
    my $one   = "\0" x ($size - 1) . "\1";

    taken("$input." . b64url("$r$s"), "$name: r and s");

    for my $pair ([ 'r is 0', "$zero$s" ], [ 's is 0', "$r$zero" ],
                  [ 'both are the order', "$n$n" ],
                  [ 'r is the order', "$n$s" ], [ 's is the order', "$r$n" ],
                  [ 'both are 1', "$one$one" ], [ 'exchanged', "$s$r" ],
                  [ 'a zero between', "$r\0$s" ],
                  [ 'a zero before each', "\0$r\0$s" ])
    {
        refused("$input." . b64url($pair->[1]), "$name: $pair->[0]");
    }

    my $file = "$key{$name}{private}.in.sig";

    open my $fh, '<:raw', $file or die "$file: $!";
    read $fh, my $der, 200;
    refused("$input." . b64url($der), "$name: as DER");
}

# ES256 by another key that could be one of ES384, and the other way round

refused(jwt({ %{ $key{ES384} }, alg => 'ES256' }, { sub => 22, exp => $far },
            { kid => 'ES256' }), 'ES256 on P-384');
refused(jwt({ %{ $key{Ed448} } }, { sub => 22, exp => $far },
            { kid => 'EdDSA' }), 'Ed448 for a key of Ed25519');


# -- keys without a kid: two of them, for a while

taken(claims(), 'without a kid');
taken(jwt($older, { sub => 22, exp => $far }), 'the key before it');
taken(jwt($key{ES384}, { sub => 22, exp => $far }),
      'a public key says which algorithm it has');
taken(jwt($rsa, { sub => 22, exp => $far }), 'RS256 it is');
refused(jwt($key{PS256}, { sub => 22, exp => $far }), 'and not PS256');
refused(jwt($key{HS256}, { sub => 22, exp => $far }),
        'a key with a kid is not looked for without it');
refused(header({ kid => 'HS256' }),
        'a key without a kid is not looked for with one');


# -- headers

taken(header({ typ => $_ }), "typ $_")
    for qw(JWT jwt Jwt at+jwt AT+JWT application/jwt application/at+jwt);
taken(header('{"alg":"HS256"}'), 'no typ');
taken(header({ $_ => 'https://evil.example/' }), "$_ is not looked at")
    for qw(jku x5u cty);
taken(header({ jwk => jwk($other{RS256}), x5c => ['AAAA'], x5t => 'a' }),
      'nor are keys in the token');
taken(header(' { "alg" : "HS256" } '), 'space');

refused(header($_->[1]), "header: $_->[0]") for
    [ 'typ', { typ => 'refresh+jwt' } ], [ 'typ', { typ => 'JWE' } ],
    [ 'typ', { typ => '' } ], [ 'typ', { typ => undef } ],
    [ 'typ', { typ => 'jwtx' } ],
    [ 'crit', { crit => ['exp'], exp => 1 } ], [ 'crit', { crit => [] } ],
    [ 'crit', { crit => undef } ],
    [ 'b64', { b64 => JSON::PP::false } ], [ 'b64', { b64 => JSON::PP::true } ],
    [ 'zip', { zip => 'DEF' } ], [ 'enc', { enc => 'A128GCM' } ],
    [ 'kid', { kid => '../plain' } ], [ 'kid', { kid => '' } ],
    [ 'kid', { kid => 7 } ], [ 'kid', { kid => undef } ],
    [ 'kid', { kid => 'a' x 65 } ], [ 'kid', { kid => "HS256\0" } ],
    [ 'kid', { kid => 'HS256 ' } ],
    [ 'alg', '{"typ":"JWT"}' ], [ 'alg', '{"alg":null}' ],
    [ 'alg', '{"alg":256}' ], [ 'alg', '{"alg":["HS256"]}' ],
    [ 'alg', '{"alg":""}' ], [ 'alg', '{"alg":"hs256"}' ],
    [ 'alg', '{"alg":"HS256 "}' ], [ 'alg', '{"ALG":"HS256"}' ],
    [ 'alg twice', '{"alg":"HS256","alg":"HS256"}' ],
    [ 'alg twice', '{"alg":"none","\u0061lg":"HS256"}' ],
    [ 'an array', '["HS256"]' ], [ 'a string', '"HS256"' ],
    [ 'not JSON', '{"alg":"HS256"' ], [ 'not JSON', '{"alg":"HS256"}}' ],
    [ 'deep', '{"alg":"HS256","a":[[[[]]]]}' ], [ 'UTF-8', qq({"\xff":1}) ];


# -- the text of a token

my @good = parts(claims());
my %unused = map { $_ => 1 } qw(A E I M Q U Y c g k o s w 0 4 8);

ok($unused{ substr $good[2], -1 }, 'the last two bits are zeros');

refused(join('.', @good) . $_, 'text: ends with ' . unpack('H*', $_))
    for '=', '==', 'A', 'AA', 'AAAA', '-', '%3D';
refused("$_." . join('.', @good[1, 2]), "text: header $_")
    for "$good[0]=", "$good[0]==", "$good[0]A", "$good[0]+", "$good[0]/";
refused("$good[0].$good[1].$_", 'text: another end')
    for substr($good[2], 0, -1) . chr(1 + ord substr $good[2], -1);
refused("$good[0].$_.$good[2]", 'text: claims') for "$good[1]=", "$good[1]A";
refused("$good[0]..$good[2]", 'text: no claims');
refused(".$good[1].$good[2]", 'text: no header');
refused(jwt_join('{"alg":"none"}', '{"sub":22,"exp":2524608000}', ''),
        'text: none, and nothing signed');

my $most = jwt($plain, { sub => 22, exp => $far, pad => '' });
my $pad  = int((4096 - length $most) / 4) * 3;

$pad++ while length jwt($plain, { sub => 22, exp => $far,
                                  pad => 'a' x ($pad + 1) }) <= 4096;

taken(claims(pad => 'a' x $pad), 'text: 4096 bytes, or almost');
isnt(ask(claims(pad => 'a' x ($pad + 6)))->status, 200,
     'text: more than 4096 bytes');


# -- claims

taken(claims(sub => $_), "sub $_") for 22, '22';
taken(jwt($plain, qq({"sub":$_,"exp":$far})), "sub $_",
      '123456789@acme')
    for 123456789, '"123456789"';

refused(jwt($plain, qq({"sub":$_,"exp":$far})), "sub $_")
    for '"022"', '"0"', 0, -22, 22.5, '2.2e1', '"22 "', '" 22"', '"22/5"',
        '"+22"', '"0x16"', '"admin"', '""', 'null', '[22]', '{"id":22}',
        'true', '"22\u0000"', '"12345678901234567"', '"' . '2' x 600 . '"',
        '"{g}"', '"*"';
refused(jwt($plain, qq({"exp":$far})), 'no sub');
refused(jwt($plain, qq({"Sub":22,"exp":$far})), 'Sub');

taken(jwt($plain, qq({"sub":22,"exp":$_})), "exp $_")
    for '2524608000.75', '25246080e2', '9223372036854', '9223372036855',
        '999999999999999';
refused(jwt($plain, qq({"sub":22,"exp":$_})), "exp $_")
    for '"2524608000"', 'null', 'true', '-1', 0, 1, '[2524608000]',
        '9007199254740991', '9007199254740992', '1e16', '1e400', '1e15000';
refused(jwt($plain, '{"sub":22}'), 'no exp');

refused(jwt($plain, $_), "claims $_")
    for '[]', '22', '"a"', 'null', '{"sub":22,"exp":2524608000',
        '{"sub":22,"exp":2524608000}x', '{"sub":22,"sub":22,"exp":2524608000}',
        '{"sub":1,"exp":1,"\u0073ub":22,"\u0065xp":2524608000}',
        '{"sub":22,"exp":2524608000,"a":' . '[' x 8 . ']' x 8 . '}',
        qq({"sub":22,"exp":2524608000,"a":"\xff"}),
        '{"sub":22,"exp":2524608000,"jti":7}',
        '{"sub":22,"exp":2524608000,"iss":7}',
        '{"sub":22,"exp":2524608000,"iss":"a\u0007"}';

# with 30 seconds of leeway

my $now = time;

taken(claims(exp => $now + 60, nbf => $now - 60, iat => $now - 60),
      'in time');
taken(claims(exp => $now - 15), 'expired 15 seconds ago');
refused(claims(exp => $now - 31), 'expired 31 seconds ago');
taken(claims(nbf => $now + 25), 'good in 25 seconds');
refused(claims(nbf => $now + 60), 'good in a minute');
taken(claims(iat => $now + 25), 'issued in 25 seconds');
refused(claims(iat => $now + 60), 'issued in a minute');
refused(claims(nbf => 'now'), 'nbf that is no number');
refused(claims(iat => 'now'), 'iat that is no number');


# -- issuer and audience of the key

my %here = (sub => 22, exp => $far, iss => 'https://id.example',
            aud => 'here');

sub of_set {
    my (%claims) = (%here, @_);

    delete @claims{ grep { !defined $claims{$_} } keys %claims };

    return jwt($key{HS256}, \%claims, { kid => 'set-HS256' });
}

taken(of_set(), 'issuer and audience');
taken(of_set(aud => $_), 'one of some audiences')
    for ['here'], ['there', 'here'], [map({ "a$_" } 1 .. 15), 'here'];
refused(of_set(iss => $_), 'issuer ' . ($_ // 'none'))
    for undef, '', 'https://id.example/', 'https://id.exampl',
        'HTTPS://ID.EXAMPLE', 'http://id.example';
refused(of_set(aud => $_),
        'audience ' . JSON::PP->new->allow_nonref->encode($_))
    for undef, '', 'Here', 'her', 'here ', 'there', [], [''], ['there'],
        [['here']], [7], { here => 1 }, [map { "here$_" } 1 .. 16],
        [map({ "a$_" } 1 .. 16), 'here'];
taken(claims(iss => 'anybody'), 'a key that asks for none');
refused(claims(aud => 'anything'),
        'a token for somebody, and a key that says of nobody whom it is for');


# -- scopes are narrowed, never widened

sub scopes {
    my ($token) = @_;

    return ask($token)->header('X-Scopes') // '';
}

my $all = 'read create update delete';

is(scopes(claims()), $all, 'scopes: those of the account');

for my $case (
    [ 'read', 'read' ], [ 'write', 'create update delete' ],
    [ 'delete read', 'read delete' ], [ '', '' ], [ ' ', '' ],
    [ 'admin', '' ], [ 'openid email read', 'read' ],
    [ ' read  update ', 'read update' ], [ 'read,update', '' ],
    [ 'Account:read', 'Account:read' ], [ 'READ', '' ],
    [ "$all auction admin", $all ],
    [ join(' ', map({ "M$_:read" } 1 .. 40), 'update'),
      join(' ', 'update', map { "M$_:read" } 1 .. 32) ],
) {
    my ($words, $granted) = @$case;

    is(scopes(claims(scope => $words)), $granted, "scopes: \"$words\"");
}

is(scopes(jwt($plain, { sub => '123456789', exp => $far,
                        scope => 'write' })), 'Account:update',
   'scopes: of a module');
refused(claims(scope => ['read']), 'scope that is a list');
refused(claims(scope => undef), 'scope that is null');


# -- other times, and a key that is gone

$t->{http} = "tender_jwt_leeway 0; tender_jwt_lifetime 1h;\n$t->{http}"
             =~ s/^tender_jwt_key \S+older.*\n//mr;
$t->write_conf;
$t->reload;
$now = time;

refused(jwt($older, { sub => 22, exp => $now + 600, iat => $now }),
        'a key that was taken out');
taken(claims(exp => $now + 600, iat => $now - 3000), 'an hour');
refused(claims(exp => $now + 601, iat => $now - 3000), 'a second more');
refused(claims(exp => $now + 600), 'no iat');
refused(claims(exp => $now, iat => $now - 600), 'expired now');
refused(claims(exp => $now + 600, iat => $now + 60), 'issued in a minute');
refused(claims(exp => $now + 600, iat => $now, nbf => $now + 60),
        'good in a minute');

# what a worker remembers of a token does not outlive it

my $end   = time + 2;
my %short = (Authorization => 'Bearer ' . claims(exp => $end,
                                                 iat => time - 1));

is($t->get('/cached/page', \%short)->status, 200, 'a token for 2 seconds')
    for 1, 2;
$t->wait_for(sub { time > $end });
is($t->get('/cached/page', \%short)->status, 401, 'and no longer');


# -- nothing of them is left behind

my $logs = $t->kept_log . $t->access_log;

cmp_ok($refused, '>', 450, "$refused are refused with one answer");
cmp_ok($taken, '>', 60, "$taken are taken");

is(scalar(grep { length > 40 && index($logs, substr $_, -40) >= 0 } @tokens),
   0, 'no token is in a log');
is_deeply([grep { !/ \[debug\] / && /\[crit\]|\[alert\]|SSL_|OpenSSL/ }
           split /\n/, $t->error_log], [], 'OpenSSL leaves nothing to nginx');

$t->finish;
done_testing;
